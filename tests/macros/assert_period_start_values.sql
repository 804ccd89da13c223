-- The first day of the period that a day lies in, and of the period before it.

with example as (
    select listed.*
    from (
        values
        (date '2024-02-29', 'day', date '2024-02-29', date '2024-02-28'),
        (date '2024-03-01', 'day', date '2024-03-01', date '2024-02-29'),
        (date '2024-03-31', 'month', date '2024-03-01', date '2024-02-01'),
        (date '2024-01-01', 'month', date '2024-01-01', date '2023-12-01'),
        (date '2024-06-30', 'quarter', date '2024-04-01', date '2024-01-01'),
        (date '2024-01-31', 'quarter', date '2024-01-01', date '2023-10-01'),
        (date '2024-12-31', 'year', date '2024-01-01', date '2023-01-01'),
        (date '1900-01-01', 'year', date '1900-01-01', date '1899-01-01')
    ) as listed (given_day, period, expected_start, expected_previous)
),

started as (
    select
        given_day,
        period,
        expected_start,
        expected_previous,
        case period
            when 'day' then {{ period_start('given_day', 'day') }}
            when 'month' then {{ period_start('given_day', 'month') }}
            when 'quarter' then {{ period_start('given_day', 'quarter') }}
            else {{ period_start('given_day', 'year') }}
        end as actual_start
    from example
),

answered as (
    select
        started.*,
        case started.period
            when 'day' then {{ previous_period_start('started.actual_start', 'day') }}
            when 'month' then {{ previous_period_start('started.actual_start', 'month') }}
            when 'quarter' then {{ previous_period_start('started.actual_start', 'quarter') }}
            else {{ previous_period_start('started.actual_start', 'year') }}
        end as actual_previous
    from started
)

select * from answered
where
    actual_start is distinct from expected_start
    or actual_previous is distinct from expected_previous
