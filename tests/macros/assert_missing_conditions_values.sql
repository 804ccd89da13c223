-- One condition per column: no value, because the text says nothing.

with example as (
    select
        '5' as a_text,
        cast(5 as bigint) as a,
        nullif('', '') as b_text,
        cast(null as bigint) as b,
        true as expected
    union all select 'NULL', null, '5', 5, true
    union all select ' ', null, '5', 5, true
    union all select 'abc', null, '5', 5, false
    union all select '5', 5, '5', 5, false
),

answered as (
    select
        a_text,
        b_text,
        expected,
        {{ missing_conditions(['a', 'b']) | join(' or ') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
