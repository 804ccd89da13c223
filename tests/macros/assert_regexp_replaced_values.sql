-- Every match is replaced, not the first one only.

with example as (
    select 'a1b22c' as given, 'a#b#c' as expected
    union all select '123', '#'
    union all select 'abc', 'abc'
    union all select '', ''
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ regexp_replaced('given', '[0-9]+', '#') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
