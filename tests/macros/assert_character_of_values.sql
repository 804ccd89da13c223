-- One character by its number.

with example as (
    select 97 as given, 'a' as expected
    union all select 9, chr(9)
    union all select 231, 'ç'
    union all select 305, 'ı'
    union all select 8364, '€'
    union all select 8203, {{ characters([8203]) }}
    union all select 65279, {{ characters([65279]) }}
),

answered as (
    select
        given,
        expected,
        {{ character_of('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
