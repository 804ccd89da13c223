-- Strictly YYYY-MM-DD, a real day, years 1900 to 2100: engines' own casts read more than that. An
-- instant is a date at midnight in UTC only.

with example as (
    select listed.*
    from (
        values
        ('2024-01-05', date '2024-01-05'),
        ('2024-02-29', date '2024-02-29'),
        ('1900-01-01', date '1900-01-01'),
        ('2100-12-31', date '2100-12-31'),
        ('1899-12-31', cast(null as date)),
        ('2101-01-01', cast(null as date)),
        ('0001-01-01', cast(null as date)),
        ('9999-12-31', cast(null as date)),
        ('2023-02-29', cast(null as date)),
        ('2024-02-30', cast(null as date)),
        ('2024-13-01', cast(null as date)),
        ('2024-00-01', cast(null as date)),
        ('2024-1-5', cast(null as date)),
        ('2024-01', cast(null as date)),
        ('2024', cast(null as date)),
        ('20240105', cast(null as date)),
        ('2024/01/05', cast(null as date)),
        ('05/01/2024', cast(null as date)),
        ('2024-01-05 00:00:00', date '2024-01-05'),
        ('2024-01-05T00:00:00', date '2024-01-05'),
        ('2024-01-05T00:00:00.000Z', date '2024-01-05'),
        ('2024-01-05 00:00:00.000000000+00:00', date '2024-01-05'),
        ('2024-01-04T21:00:00-03:00', date '2024-01-05'),
        ('2024-03-01T14:00:00+14', date '2024-03-01'),
        ('2024-01-05T00:00:00-03:00', cast(null as date)),
        ('2024-01-05T03:00:00Z', cast(null as date)),
        ('2024-01-05 00:00:00.000001', cast(null as date)),
        ('2023-02-29 00:00:00', cast(null as date)),
        ('2101-01-01 00:00:00', cast(null as date)),
        (' 2024-01-05', date '2024-01-05'),
        ('2024-01-05 ', date '2024-01-05'),
        ('2024-01-05' || chr(10), date '2024-01-05'),
        ({{ characters([65279]) }} || '2024-01-05', date '2024-01-05'),
        (' 2024-01-05T00:00:00Z ', date '2024-01-05'),
        (' 2024-1-5', cast(null as date)),
        ('today', cast(null as date)),
        ('', cast(null as date)),
        (null, cast(null as date))
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ try_date('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
