-- Blanks of all kinds go at both ends and become plain ones inside: what has no width goes.

with example as (
    select '  nacional ' as given, 'nacional' as expected
    union all select chr(9) || 'nacional' || chr(9), 'nacional'
    union all select chr(10) || 'nacional' || chr(13) || chr(10), 'nacional'
    union all select chr(160) || 'nacional' || chr(160), 'nacional'
    union all select chr(160) || ' ' || chr(9) || 'nacional', 'nacional'
    union all select 'a b', 'a b'
    union all select 'a' || chr(9) || 'b', 'a b'
    union all select 'a' || chr(160) || 'b', 'a b'
    union all select
        {{ characters([8203]) }} || 'nacional' || {{ characters([8201, 65279]) }},
        'nacional'
    union all select 'a' || {{ characters([8203, 8204, 8205, 8288, 65279]) }} || 'b', 'ab'
    union all select 'a' || {{ characters([133, 8232, 12288]) }} || 'b', 'a   b'
    union all select 'a' || chr(28), 'a' || chr(28)
    union all select 'a  b', 'a  b'
    union all select '   ', ''
    union all select '', ''
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ trimmed('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
