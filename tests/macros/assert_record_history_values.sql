-- What a series of events makes of a record: late, backfilled, several in a day, repeated, in
-- conflict, undone, of the future. States are those at the end of a day of receipt: the event time,
-- then the receipt, then the content of the load's last line decides which event is the greatest. A
-- rejected row decides nothing.

{% set columns = [
    'load_id', 'source_file', 'source_row', 'ingest_date', 'recorded_at', 'record_key', 'reason_code',
    'flags', 'transaction_datetime', 'answer',
] %}
{% set content = [['answer', 'text'], ['transaction_datetime', 'timestamp']] %}

with events as (
    select
        example.load_id,
        example.source_file,
        cast(example.source_row as bigint) as source_row,
        cast('2024-01-0' || example.ingest_day as date) as ingest_date,
        {{ as_timestamp(
            "'2024-01-0' || example.ingest_day || ' ' || example.at_hour || ':00:00.000000'"
        ) }} as recorded_at,
        example.record_key,
        {{ as_timestamp(
            "'2024-01-0' || example.event_day || ' 07:00:00.000000'"
        ) }} as transaction_datetime,
        example.answer,
        case when example.answer = 'unread' then 'unparsable_number' end as reason_code,
        case when example.answer = '9' then 'odd' end as flags,
        example.expected
    from (
        -- expected: row_status, days of January 2024 known_from and known_to, flags and conflict
        values
        ('a', 'f', 1, '2', '08', 'learned_late', '2', 'x', 'superseded|2|7|-'),
        ('b', 'f', 1, '7', '08', 'learned_late', '5', 'y', 'current|7|-|-'),

        ('a', 'f', 1, '2', '08', 'older_comes_late', '2', 'x', 'current|2|-|-'),
        ('b', 'f', 1, '3', '08', 'older_comes_late', '1', 'y', 'superseded|-|-|-'),
        ('b', 'f', 2, '3', '08', 'older_but_alone', '1', 'y', 'current|3|-|-'),

        ('a', 'f', 1, '9', '08', 'backfilled', '9', 'z', 'current|9|-|-'),
        ('b', 'f', 1, '2', '08', 'backfilled', '1', 'x', 'superseded|2|5|-'),
        ('c', 'f', 1, '5', '08', 'backfilled', '4', 'y', 'superseded|5|9|-'),

        ('a', 'f', 1, '2', '08', 'twice_in_a_day', '1', 'x', 'superseded|-|-|-'),
        ('b', 'f', 1, '2', '08', 'twice_in_a_day', '2', 'y', 'current|2|-|-'),

        ('a', 'f', 1, '2', '08', 'repeated', '2', 'x', 'current|2|3|-'),
        ('b', 'f', 1, '3', '08', 'repeated', '2', 'x', 'repeated|3|-|-'),

        ('a', 'f', 1, '2', '08', 'repeated_at_once', '2', 'x', 'current|-|-|-'),
        ('a', 'f', 2, '2', '08', 'repeated_at_once', '2', 'x', 'repeated|-|-|-'),
        ('a', 'g', 1, '2', '08', 'repeated_at_once', '2', 'x', 'repeated|-|-|-'),
        ('b', 'f', 1, '2', '08', 'repeated_at_once', '2', 'x', 'repeated|2|-|-'),

        -- 9 is the greater content, 1 comes later: the older event is in no conflict.
        ('b', 'f', 1, '2', '08', 'later_receipt_wins', '2', '9', 'superseded|2|3|odd,conflict'),
        ('a', 'f', 1, '3', '08', 'later_receipt_wins', '2', '1', 'current|3|-|conflict'),
        ('c', 'f', 1, '3', '08', 'later_receipt_wins', '1', '1', 'superseded|-|-|-'),

        ('a', 'f', 1, '3', '08', 'later_receipt_in_a_day', '2', 'y', 'superseded|-|-|conflict'),
        ('b', 'f', 1, '3', '09', 'later_receipt_in_a_day', '2', 'x', 'current|3|-|conflict'),

        -- Bytes decide, not numbers, and null is the smallest content.
        ('z', 'f', 1, '2', '08', 'content', '2', '10', 'superseded|-|-|conflict'),
        ('a', 'f', 1, '2', '08', 'content', '2', '2', 'current|2|-|conflict'),
        ('z', 'f', 2, '2', '08', 'content_or_null', '2', null, 'superseded|-|-|conflict'),
        ('a', 'f', 2, '2', '08', 'content_or_null', '2', '', 'current|2|-|conflict'),

        ('a', 'f', 1, '2', '08', 'back_again', '2', 'x', 'current|2|3|conflict'),
        ('b', 'f', 1, '3', '08', 'back_again', '2', 'y', 'superseded|3|4|conflict'),
        ('c', 'f', 1, '4', '08', 'back_again', '2', 'x', 'repeated|4|-|conflict'),

        ('a', 'f', 1, '2', '08', 'conflict_passed', '2', 'y', 'superseded|2|4|conflict'),
        ('b', 'f', 1, '2', '08', 'conflict_passed', '2', 'x', 'superseded|-|-|conflict'),
        ('c', 'f', 1, '4', '07', 'conflict_passed', '3', 'x', 'current|4|-|-'),

        -- The last line of a load speaks for it, by file and then by line.
        ('a', 'f', 1, '2', '08', 'last_line', '2', '8', 'superseded|-|-|conflict'),
        ('a', 'f', 2, '2', '08', 'last_line', '2', '1', 'current|2|-|conflict'),
        ('a', 'f', 9, '2', '08', 'last_file', '2', 'y', 'superseded|-|-|conflict'),
        ('a', 'g', 1, '2', '08', 'last_file', '2', 'x', 'current|2|-|conflict'),
        ('a', 'f', 1, '2', '08', 'load_speaks', '2', 'z', 'superseded|-|-|conflict'),
        ('a', 'f', 2, '2', '08', 'load_speaks', '2', 'b', 'superseded|-|-|conflict'),
        ('b', 'f', 1, '2', '08', 'load_speaks', '2', 'c', 'current|2|-|conflict'),

        -- An event of the future ranks at the end of the day on which it first came: the clocks of
        -- two machines may be a day apart.
        ('a', 'f', 1, '2', '08', 'in_future', '9', 'x', 'superseded|2|3|-'),
        ('b', 'f', 1, '3', '08', 'in_future', '3', 'y', 'current|3|-|-'),
        ('c', 'f', 1, '4', '08', 'in_future', '9', 'x', 'repeated|-|-|-'),
        ('a', 'f', 1, '2', '08', 'clock_ahead', '3', 'x', 'current|2|-|-'),
        ('b', 'f', 1, '3', '08', 'clock_ahead', '2', 'y', 'superseded|-|-|-'),

        ('a', 'f', 1, '2', '08', 'beside_rejected', '2', 'x', 'current|2|-|-'),
        ('b', 'f', 1, '2', '09', 'beside_rejected', '2', 'unread', 'rejected|-|-|-'),
        ('c', 'f', 1, '3', '08', 'beside_rejected', '3', 'unread', 'rejected|-|-|-'),
        ('d', 'f', 1, '3', '08', null, '3', 'unread', 'rejected|-|-|-')
    ) as example (
        load_id, source_file, source_row, ingest_day, at_hour, record_key, event_day, answer,
        expected
    )
),

{{ record_history('events', columns, content) }},

answered as (
    select
        record.record_key,
        record.load_id,
        record.source_file,
        record.source_row,
        record.answer,
        record.row_status
        || '|' || coalesce(substr(cast(record.known_from as {{ dbt.type_string() }}), 10), '-')
        || '|' || coalesce(substr(cast(record.known_to as {{ dbt.type_string() }}), 10), '-')
        || '|' || coalesce(nullif(substr(
            coalesce(',' || record.flags, '')
            || case when record.is_conflict then ',conflict' else '' end, 2
        ), ''), '-') as actual
    from record
),

compared as (
    select
        events.record_key,
        events.load_id,
        events.source_file,
        events.source_row,
        events.answer as given,
        answered.answer as kept,
        events.expected,
        answered.actual
    from events
    full outer join answered
        on
            coalesce(events.record_key, '-') = coalesce(answered.record_key, '-')
            and events.load_id = answered.load_id
            and events.source_file = answered.source_file
            and events.source_row = answered.source_row
)

select * from compared
where
    actual is distinct from expected
    or kept is distinct from given
