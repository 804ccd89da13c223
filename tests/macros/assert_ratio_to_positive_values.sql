-- A ratio exists only against a positive amount, and only if decimal(18,6) can hold it.

with example as (
    select
        cast(1 as decimal(18, 2)) as numerator,
        cast(3 as decimal(18, 2)) as denominator,
        cast(0.333333 as decimal(18, 6)) as expected
    union all select -1, 8, -0.125000
    union all select 0, 8, 0
    union all select 8, 0, null
    union all select 8, -1, null
    union all select null, 8, null
    union all select 8, null, null
    union all select 999999999.99, 0.01, 99999999999
    union all select 1000000000.00, 0.01, null
    union all select -1000000000.00, 0.01, null
    union all select 9999999999999999.99, 9999999999999999.99, 1
),

answered as (
    select
        numerator,
        denominator,
        expected,
        {{ ratio_to_positive('numerator', 'denominator') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
