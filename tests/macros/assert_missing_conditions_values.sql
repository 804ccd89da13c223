-- One condition per column: no value, because the text says nothing.

with example as (
    select listed.*
    from (
        values
        ('5', cast(5 as bigint), null, cast(null as bigint), true),
        ('NULL', null, '5', 5, true),
        (' ', null, '5', 5, true),
        ('abc', null, '5', 5, false),
        ('5', 5, '5', 5, false)
    ) as listed (a_text, a, b_text, b, expected)
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
