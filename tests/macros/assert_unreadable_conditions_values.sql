-- One condition per column: a text that says something and yet gave no value.

with example as (
    select listed.*
    from (
        values
        ('abc', cast(null as bigint), '5', cast(5 as bigint), true),
        ('5', 5, 'abc', null, true),
        (' ', null, '5', 5, false),
        ('null', null, '5', 5, false),
        ('Null', null, '5', 5, true),
        ('5', 5, '5', 5, false),
        ('', null, null, null, false)
    ) as listed (a_text, a, b_text, b, expected)
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
