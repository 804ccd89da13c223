-- What deletions, and rows that say what was before a change, make of a record. A deletion is the
-- state on no day, ends what it outranks, and of loads of one time it outranks a state: within a
-- load the last line speaks. What was before has no place. Else as assert_record_history_values.

{% set columns = [
    'load_id', 'source_file', 'source_row', 'ingest_date', 'recorded_at', 'record_key', 'reason_code',
    'row_operation', 'transaction_datetime', 'answer',
] %}
{% set content = [['answer', 'text'], ['transaction_datetime', 'timestamp']] %}

with events as (
    select
        example.load_id,
        'f' as source_file,
        cast(example.source_row as bigint) as source_row,
        cast('2024-01-0' || example.ingest_day as date) as ingest_date,
        {{ as_timestamp(
            "'2024-01-0' || example.ingest_day || ' 08:00:00.000000'"
        ) }} as recorded_at,
        example.record_key,
        {{ as_timestamp(
            "'2024-01-0' || example.event_day || ' 07:00:00.000000'"
        ) }} as transaction_datetime,
        example.answer,
        case when example.row_operation = 'unknown' then 'unknown_operation' end as reason_code,
        nullif(example.row_operation, 'unknown') as row_operation,
        example.expected
    from (
        -- expected: row_status, days of January 2024 known_from and known_to, and conflict
        values
        ('a', 1, '2', 'ended', '1', 'x', 'state', 'superseded|2|4|-'),
        ('b', 1, '4', 'ended', '3', 'x', 'delete', 'deleted|-|-|-'),

        ('a', 1, '4', 'of_nobody', '3', 'x', 'delete', 'deleted|-|-|-'),

        ('a', 1, '2', 'gap', '1', 'x', 'state', 'superseded|2|4|-'),
        ('b', 1, '4', 'gap', '3', 'x', 'delete', 'superseded|-|-|-'),
        ('c', 1, '6', 'gap', '5', 'x', 'state', 'current|6|-|-'),

        ('a', 1, '2', 'same_day', '1', 'x', 'state', 'superseded|-|-|-'),
        ('b', 1, '2', 'same_day', '2', 'x', 'delete', 'deleted|-|-|-'),

        ('a', 1, '2', 'lost', '2', 'x', 'state', 'current|2|-|-'),
        ('b', 1, '4', 'lost', '1', 'x', 'delete', 'superseded|-|-|-'),

        ('a', 1, '2', 'twice', '1', 'x', 'state', 'superseded|2|4|-'),
        ('b', 1, '4', 'twice', '3', 'x', 'delete', 'deleted|-|-|-'),
        ('c', 1, '5', 'twice', '3', 'x', 'delete', 'repeated|-|-|-'),

        -- The content of a deletion equals that of no state, and no conflict is between them.
        ('a', 1, '2', 'of_its_time', '1', 'x', 'state', 'superseded|2|4|-'),
        ('b', 1, '4', 'of_its_time', '1', 'x', 'delete', 'superseded|-|-|-'),
        ('c', 1, '6', 'of_its_time', '1', 'x', 'state', 'repeated|-|-|-'),
        ('d', 1, '6', 'of_its_time', '1', 'z', 'delete', 'deleted|-|-|-'),

        -- 'a' < 'z', and the state is received later.
        ('a', 1, '2', 'content', '1', 'a', 'delete', 'deleted|-|-|-'),
        ('b', 1, '3', 'content', '1', 'z', 'state', 'superseded|-|-|conflict'),
        ('c', 1, '4', 'content', '1', 'y', 'state', 'superseded|-|-|conflict'),

        ('a', 1, '2', 'last_line', '1', 'x', 'delete', 'superseded|-|-|-'),
        ('a', 2, '2', 'last_line', '1', 'x', 'state', 'current|2|-|-'),
        ('a', 1, '2', 'last_is_end', '1', 'x', 'state', 'superseded|-|-|-'),
        ('a', 2, '2', 'last_is_end', '1', 'x', 'delete', 'deleted|-|-|-'),

        -- A deletion of the future ranks at the end of the day of its receipt.
        ('a', 1, '2', 'in_future', '2', 'x', 'state', 'superseded|2|3|-'),
        ('b', 1, '3', 'in_future', '9', 'x', 'delete', 'superseded|-|-|-'),
        ('c', 1, '4', 'in_future', '4', 'x', 'state', 'current|4|-|-'),

        -- What was before has no place, repeats nothing and is repeated by nothing.
        ('a', 1, '2', 'before', '1', 'x', 'state', 'superseded|2|3|-'),
        ('b', 1, '3', 'before', '2', 'x', 'before', 'superseded|-|-|-'),
        ('b', 2, '3', 'before', '2', 'y', 'state', 'current|3|-|-'),
        ('c', 1, '4', 'before', '9', 'y', 'before', 'superseded|-|-|-'),
        ('a', 1, '2', 'before_alone', '1', 'x', 'before', 'superseded|-|-|-'),
        ('a', 1, '2', 'before_first', '2', 'x', 'before', 'superseded|-|-|-'),
        ('b', 1, '3', 'before_first', '2', 'x', 'state', 'current|3|-|-'),
        ('b', 2, '3', 'before_first', '2', 'y', 'before', 'superseded|-|-|-'),

        ('a', 1, '2', 'unknown', '1', 'x', 'state', 'current|2|-|-'),
        ('b', 1, '3', 'unknown', '2', 'y', 'unknown', 'rejected|-|-|-')
    ) as example (
        load_id, source_row, ingest_day, record_key, event_day, answer, row_operation, expected
    )
),

{{ record_history('events', columns, content, has_operations=true) }},

answered as (
    select
        record.record_key,
        record.load_id,
        record.source_row,
        record.row_status
        || '|' || coalesce(substr(cast(record.known_from as {{ dbt.type_string() }}), 10), '-')
        || '|' || coalesce(substr(cast(record.known_to as {{ dbt.type_string() }}), 10), '-')
        || '|' || case when record.is_conflict then 'conflict' else '-' end as actual
    from record
),

compared as (
    select
        events.record_key,
        events.load_id,
        events.source_row,
        events.expected,
        answered.actual
    from events
    full outer join answered
        on
            events.record_key = answered.record_key
            and events.load_id = answered.load_id
            and events.source_row = answered.source_row
)

select * from compared
where actual is distinct from expected
