-- No such column (null) takes the time of receipt: a column that is there and empty is no instant.
-- A deletion always has a time: the one declared for it, else that of its event, else the end of
-- its day of receipt.

with example as (
    select listed.*
    from (
        values
        (
            '2024-01-05 03:04:05', 'state', 'never', '2024-01-05 03:04:05.000000',
            '2024-01-05 03:04:05.000000'
        ),
        (
            null, 'state', '2024-01-07 00:00:00', '2024-01-06 08:00:00.123456',
            '2024-01-06 08:00:00.123456'
        ),
        ('', 'state', '2024-01-07 00:00:00', null, null),
        (' ', 'before', '2024-01-07 00:00:00', null, null),
        (
            '2024-01-05 03:04:05Z', 'before', null, '2024-01-05 03:04:05.000000',
            '2024-01-05 03:04:05.000000'
        ),
        ('NULL', null, '', null, null),
        (
            '2024-01-05 03:04:05', 'delete', '2024-01-04T22:00:00-03:00',
            '2024-01-05 01:00:00.000000', '2024-01-05 03:04:05.000000'
        ),
        (
            '2024-01-05 03:04:05', 'delete', 'noon', '2024-01-05 03:04:05.000000',
            '2024-01-05 03:04:05.000000'
        ),
        (null, 'delete', null, '2024-01-06 08:00:00.123456', '2024-01-06 08:00:00.123456'),
        ('', 'delete', '', '2024-01-06 23:59:59.999999', '2024-01-06 23:59:59.999999'),
        ('noon', 'delete', null, '2024-01-06 23:59:59.999999', '2024-01-06 23:59:59.999999')
    ) as listed (given, row_operation, changed_at_text, expected, expected_without_time)
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
