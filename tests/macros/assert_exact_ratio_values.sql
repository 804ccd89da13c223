-- Rounded once, half away from zero: whole numbers and decimals: null for a division by zero.

with example as (
    select
        cast(1 as decimal(18, 2)) as numerator,
        cast(3 as bigint) as denominator,
        cast(0.333333 as decimal(18, 6)) as expected_six,
        cast(0.3333 as decimal(18, 4)) as expected_four,
        cast(0 as decimal(18, 0)) as expected_whole
    union all select 2, 3, 0.666667, 0.6667, 1
    union all select 1, 2000000, 0.000001, 0.0000, 0
    union all select -1, 2000000, -0.000001, 0.0000, 0
    union all select -5, 2, -2.500000, -2.5000, -3
    union all select 5, -2, -2.500000, -2.5000, -3
    union all select 0.05, 1000, 0.000050, 0.0001, 0
    union all select 27.75, 4, 6.937500, 6.9375, 7
    union all select 999999999999.99, 1, 999999999999.990000, 999999999999.9900, 1000000000000
    union all select 0, 7, 0, 0, 0
    union all select 7, 0, null, null, null
    union all select null, 7, null, null, null
    union all select 7, null, null, null, null
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
