-- One character by its number.

with example as (
    select listed.*
    from (
        values
        (97, 'a'),
        (9, chr(9)),
        (231, 'ç'),
        (305, 'ı'),
        (8364, '€'),
        (8203, {{ characters([8203]) }}),
        (65279, {{ characters([65279]) }})
    ) as listed (given, expected)
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
