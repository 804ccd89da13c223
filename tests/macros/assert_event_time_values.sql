-- No such column (null) takes the time of receipt: a column that is there and empty is no instant.
-- A deletion always has a time: the one declared for it, else that of its event, else the end of
-- its day of receipt.

with example as (
    select
        '2024-01-05 03:04:05' as given,
        'state' as row_operation,
        'never' as changed_at_text,
        '2024-01-05 03:04:05.000000' as expected,
        '2024-01-05 03:04:05.000000' as expected_without_time
    union all select
        nullif('', ''),
        'state',
        '2024-01-07 00:00:00',
        '2024-01-06 08:00:00.123456',
        '2024-01-06 08:00:00.123456'
    union all select '', 'state', '2024-01-07 00:00:00', nullif('', ''), nullif('', '')
    union all select ' ', 'before', '2024-01-07 00:00:00', nullif('', ''), nullif('', '')
    union all select
        '2024-01-05 03:04:05Z',
        'before',
        nullif('', ''),
        '2024-01-05 03:04:05.000000',
        '2024-01-05 03:04:05.000000'
    union all select 'NULL', nullif('', ''), '', nullif('', ''), nullif('', '')
    union all select
        '2024-01-05 03:04:05',
        'delete',
        '2024-01-04T22:00:00-03:00',
        '2024-01-05 01:00:00.000000',
        '2024-01-05 03:04:05.000000'
    union all select
        '2024-01-05 03:04:05',
        'delete',
        'noon',
        '2024-01-05 03:04:05.000000',
        '2024-01-05 03:04:05.000000'
    union all select
        nullif('', ''),
        'delete',
        nullif('', ''),
        '2024-01-06 08:00:00.123456',
        '2024-01-06 08:00:00.123456'
    union all select
        '', 'delete', '', '2024-01-06 23:59:59.999999', '2024-01-06 23:59:59.999999'
    union all select
        'noon',
        'delete',
        nullif('', ''),
        '2024-01-06 23:59:59.999999',
        '2024-01-06 23:59:59.999999'
),

delivered as (
    select
        example.*,
        '2024-01-06 08:00:00.123456' as recorded_at_text,
        '2024-01-06' as ingest_date
    from example
),

answered as (
    select
        given,
        row_operation,
        expected,
        expected_without_time,
        {{ timestamp_text(event_time(
            'given', 'recorded_at_text', operation={'column': 'op', 'time': 'changed_at'}
        )) }} as actual,
        {{ timestamp_text(event_time('given', 'recorded_at_text', operation={'column': 'op'})) }}
            as actual_without_time,
        case
            when row_operation = 'delete' then expected_without_time
            else {{ timestamp_text(event_time('given', 'recorded_at_text')) }}
        end as actual_of_states
    from delivered
)

select * from answered
where
    actual is distinct from expected
    or actual_without_time is distinct from expected_without_time
    or actual_of_states is distinct from expected_without_time
