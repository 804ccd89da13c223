-- No such column (null) takes the time of receipt; a column that is there and empty is no instant.

with example as (
    select '2024-01-05 03:04:05' as given, '2024-01-05 03:04:05.000000' as expected
    union all select nullif('', ''), '2024-01-06 08:00:00.123456'
    union all select '', nullif('', '')
    union all select ' ', nullif('', '')
    union all select '2024-01-05 03:04:05Z', '2024-01-05 03:04:05.000000'
    union all select 'NULL', nullif('', '')
),

delivered as (
    select
        given,
        expected,
        '2024-01-06 08:00:00.123456' as recorded_at_text
    from example
),

answered as (
    select
        given,
        expected,
        {{ timestamp_text(event_time('given', 'recorded_at_text')) }} as actual
    from delivered
)

select * from answered
where actual is distinct from expected
