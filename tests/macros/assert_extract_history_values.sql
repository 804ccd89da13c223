-- What a series of deliveries makes of a record: confirmed, corrected within a day and between
-- days, gone, back again, in conflict with itself, rejected and so kept, read without its key.
-- Loads a (day 1) to e (day 4) are full extracts but d, which speaks of one record only.

{% set columns = [
    'load_key', 'load_id', 'source_file', 'source_row', 'ingest_date', 'recorded_at', 'record_key',
    'reason_code', 'flags', 'answer',
] %}

with received as (
    select
        row_number() over (order by example.load_id, example.source_row) as load_key,
        example.load_id,
        'f' as source_file,
        cast(example.source_row as bigint) as source_row,
        cast('2024-01-0' || example.ingest_day as date) as ingest_date,
        {{ as_timestamp(
            "'2024-01-0' || example.ingest_day || ' ' || example.at_hour || ':00:00.000000'"
        ) }} as recorded_at,
        example.record_key,
        'all' as extract_scope,
        example.load_id <> 'd' as is_full_extract,
        case when example.answer = 'unread' then 'unparsable_number' end as reason_code,
        nullif('', '') as flags,
        example.answer,
        example.expected
    from (
        -- expected: row_status, days of January 2024 known_from and known_to, flags and conflict
        values
        ('a', '1', '08', 1, 'kept', 'x', 'current|1|-|-'),
        ('b', '2', '08', 1, 'kept', 'x', 'repeated|-|-|-'),
        ('c', '2', '09', 1, 'kept', 'x', 'repeated|-|-|-'),
        ('e', '4', '08', 1, 'kept', 'x', 'repeated|-|-|-'),

        ('a', '1', '08', 2, 'moved', 'x', 'current|1|2|-'),
        ('b', '2', '08', 2, 'moved', 'y', 'superseded|-|-|-'),
        ('c', '2', '09', 2, 'moved', 'z', 'superseded|2|3|-'),
        ('d', '3', '08', 1, 'moved', 'x', 'repeated|3|-|-'),
        ('e', '4', '08', 2, 'moved', 'x', 'repeated|-|-|-'),

        ('a', '1', '08', 3, 'undone_in_a_day', 'x', 'current|1|-|-'),
        ('b', '2', '08', 3, 'undone_in_a_day', 'y', 'superseded|-|-|-'),
        ('c', '2', '09', 3, 'undone_in_a_day', 'x', 'repeated|-|-|-'),
        ('e', '4', '08', 3, 'undone_in_a_day', 'x', 'repeated|-|-|-'),

        ('a', '1', '08', 4, 'gone', 'x', 'superseded|1|2|-'),
        ('b', '2', '08', 4, 'gone', 'y', 'deleted|-|-|-'),
        ('c', '2', '09', 4, 'gone', 'y', 'repeated|2|4|-'),

        ('a', '1', '08', 5, 'away', 'x', 'current|1|2|-'),
        ('e', '4', '08', 5, 'away', 'x', 'repeated|4|-|-'),

        ('a', '1', '08', 6, 'double', 'x', 'superseded|-|-|conflict'),
        ('a', '1', '08', 7, 'double', 'y', 'current|1|-|conflict'),
        ('b', '2', '08', 7, 'double', 'y', 'repeated|-|-|-'),
        ('c', '2', '09', 7, 'double', 'y', 'repeated|-|-|-'),
        ('e', '4', '08', 7, 'double', 'y', 'repeated|-|-|-'),

        ('a', '1', '08', 8, 'kept_by_rejected_rows', 'x', 'current|1|-|-'),
        ('b', '2', '08', 8, 'kept_by_rejected_rows', 'unread', 'rejected|-|-|-'),
        ('c', '2', '09', 8, 'kept_by_rejected_rows', 'unread', 'rejected|-|-|-'),
        ('e', '4', '08', 8, 'kept_by_rejected_rows', 'x', 'repeated|-|-|-'),

        ('d', '3', '08', 2, 'new_between_extracts', 'x', 'current|3|-|-'),
        ('e', '4', '08', 9, 'new_between_extracts', 'x', 'repeated|-|-|-'),

        ('c', '2', '09', 10, 'held_for_a_day', 'x', 'deleted|2|4|-'),
        ('f', '5', '08', 11, null, 'unread', 'rejected|-|-|-')
    ) as example (
        load_id, ingest_day, at_hour, source_row, record_key, answer, expected
    )
),

events as (
    select * from received
),

{{ extract_history('received', 'events', columns, [['answer', 'text']]) }},

answered as (
    select
        record.load_id,
        record.source_row,
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
        received.record_key,
        received.load_id,
        received.source_row,
        received.expected,
        answered.actual
    from received
    full outer join answered
        on received.load_id = answered.load_id and received.source_row = answered.source_row
)

select * from compared
where actual is distinct from expected
