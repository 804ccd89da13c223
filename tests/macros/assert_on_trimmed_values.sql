-- The text without odd blanks, with them, and with none: what is said first, and what is not odd.

with example as (
    select listed.*
    from (
        values
        ('a', 'x', 'axa', 'first'),
        (' a' || chr(160), 'x', 'axa', 'axa'),
        ('a b', 'x', 'a bxa b', null),
        ('a' || chr(9) || 'b', 'x', 'a bxa b', 'a bxa b'),
        ({{ characters([65279]) }} || 'á', 'x', 'áxá', 'áxá'),
        (null, 'x', null, null)
    ) as listed (given, beside, expected, expected_first)
),

answered as (
    select
        given,
        expected,
        expected_first,
        {{ on_trimmed('given', '', none, "GIVEN || beside || GIVEN") }} as actual,
        {{ on_trimmed(
            'given', "when given = 'a' then 'first'", '(^ | $|[^ -~])',
            "case when GIVEN = 'a' and given = 'a' then 'first' when given <> 'a b' then GIVEN || beside || GIVEN end"
        ) }} as actual_first
    from example
)

select * from answered
where actual is distinct from expected or actual_first is distinct from expected_first
