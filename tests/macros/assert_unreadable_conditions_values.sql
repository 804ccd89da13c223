-- One condition per column: a text that says something and yet gave no value.

with example as (
    select
        'abc' as a_text,
        cast(null as bigint) as a,
        '5' as b_text,
        cast(5 as bigint) as b,
        true as expected
    union all select '5', 5, 'abc', null, true
    union all select ' ', null, '5', 5, false
    union all select 'null', null, '5', 5, false
    union all select 'Null', null, '5', 5, true
    union all select '5', 5, '5', 5, false
    union all select '', null, nullif('', ''), null, false
),

answered as (
    select
        a_text,
        b_text,
        expected,
        {{ unreadable_conditions(['a', 'b']) | join(' or ') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
