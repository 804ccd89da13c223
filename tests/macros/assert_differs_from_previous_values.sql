-- Null is a value like any other: null to null is no difference, null to a value is one. Any of the
-- columns is enough, and the answer is never null.

with example as (
    select listed.*
    from (
        values
        (1, 1, 'x', 'x', false),
        (1, 2, 'x', 'x', true),
        (1, 1, 'x', 'y', true),
        (1, null, 'x', 'x', true),
        (null, 1, 'x', 'x', true),
        (null, null, null, null, false),
        (null, null, 'x', null, true)
    ) as listed (a, previous_a, b, previous_b, expected)
),

answered as (
    select
        a,
        previous_a,
        b,
        previous_b,
        expected,
        {{ differs_from_previous(['a', 'b']) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
