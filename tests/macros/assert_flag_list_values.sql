-- Codes in the order of the dict, joined by commas: none is null, a null condition does not hold.

with example as (
    select listed.*
    from (
        values
        (1, 1, 'second,first'),
        (1, 0, 'first'),
        (0, 1, 'second'),
        (0, 0, null),
        (cast(null as integer), 1, 'second'),
        (cast(null as integer), cast(null as integer), null)
    ) as listed (a, b, expected)
),

answered as (
    select
        a,
        b,
        expected,
        {{ flag_list({'second': 'b = 1', 'first': 'a = 1'}) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
