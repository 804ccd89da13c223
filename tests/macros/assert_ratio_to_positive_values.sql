-- A ratio exists only against a positive amount, and only if decimal(18,6) can hold it.

with example as (
    select listed.*
    from (
        values
        (cast(1 as decimal(18, 2)), cast(3 as decimal(18, 2)), cast(0.333333 as decimal(18, 6))),
        (-1, 8, -0.125000),
        (0, 8, 0),
        (8, 0, null),
        (8, -1, null),
        (null, 8, null),
        (8, null, null),
        (999999999.99, 0.01, 99999999999),
        (1000000000.00, 0.01, null),
        (-1000000000.00, 0.01, null),
        (9999999999999999.99, 9999999999999999.99, 1)
    ) as listed (numerator, denominator, expected)
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
