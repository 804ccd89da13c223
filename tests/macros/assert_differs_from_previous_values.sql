-- Null is a value like any other: null to null is no difference, null to a value is one. Any of the
-- columns is enough, and the answer is never null.

with example as (
    select
        1 as a,
        1 as previous_a,
        'x' as b,
        'x' as previous_b,
        false as expected
    union all select 1, 2, 'x', 'x', true
    union all select 1, 1, 'x', 'y', true
    union all select 1, null, 'x', 'x', true
    union all select null, 1, 'x', 'x', true
    union all select null, null, nullif('', ''), nullif('', ''), false
    union all select null, null, 'x', nullif('', ''), true
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
