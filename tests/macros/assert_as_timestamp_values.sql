-- A cast that keeps microseconds and knows no zone: the session's zone must not move the instant.

with example as (
    select '2024-01-05 03:04:05.123456' as given, '2024-01-05 03:04:05.123456' as expected
    union all select '2024-01-05 03:04:05', '2024-01-05 03:04:05.000000'
    union all select '2024-01-05 23:59:59.9', '2024-01-05 23:59:59.900000'
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ timestamp_text(as_timestamp('given')) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
