-- The text without odd blanks, with them, and with none: what is said first, and what is not odd.

with example as (
    select 'a' as given, 'x' as beside, 'axa' as expected, 'first' as expected_first
    union all select ' a' || chr(160), 'x', 'axa', 'axa'
    union all select 'a b', 'x', 'a bxa b', nullif('', '')
    union all select 'a' || chr(9) || 'b', 'x', 'a bxa b', 'a bxa b'
    union all select {{ characters([65279]) }} || 'á', 'x', 'áxá', 'áxá'
    union all select nullif('', ''), 'x', nullif('', ''), nullif('', '')
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
