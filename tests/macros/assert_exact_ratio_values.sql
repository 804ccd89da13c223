-- Rounded once, half away from zero: whole numbers and decimals: null for a division by zero.

with example as (
    select listed.*
    from (
        values
        (
            cast(1 as decimal(18, 2)), cast(3 as bigint), cast(0.333333 as decimal(18, 6)),
            cast(0.3333 as decimal(18, 4)), cast(0 as decimal(18, 0))
        ),
        (2, 3, 0.666667, 0.6667, 1),
        (1, 2000000, 0.000001, 0.0000, 0),
        (-1, 2000000, -0.000001, 0.0000, 0),
        (-5, 2, -2.500000, -2.5000, -3),
        (5, -2, -2.500000, -2.5000, -3),
        (0.05, 1000, 0.000050, 0.0001, 0),
        (27.75, 4, 6.937500, 6.9375, 7),
        (999999999999.99, 1, 999999999999.990000, 999999999999.9900, 1000000000000),
        (0, 7, 0, 0, 0),
        (7, 0, null, null, null),
        (null, 7, null, null, null),
        (7, null, null, null, null)
    ) as listed (numerator, denominator, expected_six, expected_four, expected_whole)
),

answered as (
    select
        numerator,
        denominator,
        expected_six,
        expected_four,
        expected_whole,
        {{ exact_ratio('numerator', 'denominator', 6) }} as actual_six,
        {{ exact_ratio('numerator', 'denominator', 4) }} as actual_four,
        {{ exact_ratio('numerator', 'denominator', 0) }} as actual_whole
    from example
)

select * from answered
where
    actual_six is distinct from expected_six
    or actual_four is distinct from expected_four
    or actual_whole is distinct from expected_whole
