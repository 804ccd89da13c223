-- What a series of deliveries makes of a record: confirmed, corrected within a day and between
-- days, gone, back again, in conflict with itself, rejected and so kept, read without its key.
-- Loads a (day 1) to e (day 4) are full extracts but d, which speaks of one record only.

{% set columns = [
    'load_id', 'source_file', 'source_row', 'ingest_date', 'recorded_at', 'record_key', 'flags',
    'answer',
] %}

with received as (
    select
        example.load_id,
        'f' as source_file,
        cast(example.source_row as bigint) as source_row,
        example.ingest_date,
        {{ as_timestamp("example.ingest_date || ' ' || example.at_hour || ':00:00.000000'") }}
            as recorded_at,
        example.record_key,
        'all' as extract_scope,
        example.load_id <> 'd' as is_full_extract,
        case when example.answer = 'unread' then 'unparsable_number' end as reason_code,
        nullif('', '') as flags,
        example.answer,
        example.tests_what,
        example.expected
    from (
        -- expected: row_status, known_from, known_to, flags
        select
            'a' as load_id, '2024-01-01' as ingest_date, '08' as at_hour, 1 as source_row,
            'kept' as record_key, 'x' as answer, 'confirmed' as tests_what,
            'current|2024-01-01|-|-' as expected
        union all select 'b', '2024-01-02', '08', 1, 'kept', 'x', 'confirmed', 'repeated|-|-|-'
        union all select 'c', '2024-01-02', '09', 1, 'kept', 'x', 'confirmed', 'repeated|-|-|-'
        union all select 'e', '2024-01-04', '08', 1, 'kept', 'x', 'confirmed', 'repeated|-|-|-'

        union all select 'a', '2024-01-01', '08', 2, 'moved', 'x', 'comes back', 'current|2024-01-01|2024-01-02|-'
        union all select 'b', '2024-01-02', '08', 2, 'moved', 'y', 'comes back', 'superseded|-|-|-'
        union all select 'c', '2024-01-02', '09', 2, 'moved', 'z', 'comes back', 'superseded|2024-01-02|2024-01-03|-'
        union all select 'd', '2024-01-03', '08', 1, 'moved', 'x', 'comes back', 'repeated|2024-01-03|-|-'
        union all select 'e', '2024-01-04', '08', 2, 'moved', 'x', 'comes back', 'repeated|-|-|-'

        union all select 'a', '2024-01-01', '08', 3, 'back_in_a_day', 'x', 'undone the same day', 'current|2024-01-01|-|-'
        union all select 'b', '2024-01-02', '08', 3, 'back_in_a_day', 'y', 'undone the same day', 'superseded|-|-|-'
        union all select 'c', '2024-01-02', '09', 3, 'back_in_a_day', 'x', 'undone the same day', 'repeated|-|-|-'
        union all select 'e', '2024-01-04', '08', 3, 'back_in_a_day', 'x', 'undone the same day', 'repeated|-|-|-'

        union all select 'a', '2024-01-01', '08', 4, 'gone', 'x', 'gone', 'superseded|2024-01-01|2024-01-02|-'
        union all select 'b', '2024-01-02', '08', 4, 'gone', 'y', 'gone', 'deleted|-|-|-'
        union all select 'c', '2024-01-02', '09', 4, 'gone', 'y', 'gone', 'repeated|2024-01-02|2024-01-04|-'

        union all select 'a', '2024-01-01', '08', 5, 'away', 'x', 'away and back', 'current|2024-01-01|2024-01-02|-'
        union all select 'e', '2024-01-04', '08', 5, 'away', 'x', 'away and back', 'repeated|2024-01-04|-|-'

        union all select 'a', '2024-01-01', '08', 6, 'double', 'x', 'twice in one extract', 'superseded|-|-|conflict'
        union all select 'a', '2024-01-01', '08', 7, 'double', 'y', 'twice in one extract', 'current|2024-01-01|-|conflict'
        union all select 'b', '2024-01-02', '08', 7, 'double', 'y', 'twice in one extract', 'repeated|-|-|-'
        union all select 'c', '2024-01-02', '09', 7, 'double', 'y', 'twice in one extract', 'repeated|-|-|-'
        union all select 'e', '2024-01-04', '08', 7, 'double', 'y', 'twice in one extract', 'repeated|-|-|-'

        union all select 'a', '2024-01-01', '08', 8, 'refused', 'x', 'kept by a rejected row', 'current|2024-01-01|-|-'
        union all select 'b', '2024-01-02', '08', 8, 'refused', 'unread', 'kept by a rejected row', null
        union all select 'c', '2024-01-02', '09', 8, 'refused', 'unread', 'kept by a rejected row', null
        union all select 'e', '2024-01-04', '08', 8, 'refused', 'x', 'kept by a rejected row', 'repeated|-|-|-'

        union all select 'd', '2024-01-03', '08', 2, 'added', 'x', 'new between extracts', 'current|2024-01-03|-|-'
        union all select 'e', '2024-01-04', '08', 9, 'added', 'x', 'new between extracts', 'repeated|-|-|-'

        union all select 'c', '2024-01-02', '09', 10, 'brief', 'x', 'held for a day', 'deleted|2024-01-02|2024-01-04|-'
        union all select 'f', '2024-01-05', '08', 11, null, 'unread', 'ends nothing: a key is unread', null
    ) as example
),

events as (
    select * from received
),

{{ extract_history('received', 'events', columns, [['answer', 'text']]) }},

answered as (
    select
        history.load_id,
        history.source_row,
        history.row_status
        || '|' || coalesce(cast(history.known_from as {{ dbt.type_string() }}), '-')
        || '|' || coalesce(cast(history.known_to as {{ dbt.type_string() }}), '-')
        || '|' || coalesce(history.flags, '-') as actual
    from history
),

compared as (
    select
        received.tests_what,
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
