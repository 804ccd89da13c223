-- A row keeps the flags of its record, then a conflict, then what the lists say, in their order: a
-- rejected row has its reason and no flag. Another entity may have a say in the status.

{% set flags = {'late': "record.answer = 'late'", 'odd': "record.answer <> 'plain'"} %}

with load as (
    select
        cast(1 as bigint) as load_key,
        'purchase' as entity,
        'a' as load_id,
        '2024-01-02' as ingest_date,
        'f' as source_file
),

record as (
    select listed.*
    from (
        values
        (
            cast(1 as bigint), 1, '2024-01-02 08:00:00', 'current', null, null, null, false,
            'plain', 'current|-|-'
        ),
        (
            1, 2, '2024-01-02 08:00:00', 'current', null, null, 'amount', true, 'late',
            'current|-|amount,conflict,late,odd'
        ),
        (
            1, 3, '2024-01-02 08:00:00', 'current', null, null, null, true, null,
            'current|-|conflict'
        ),
        (1, 4, '2024-01-02 08:00:00', 'current', null, null, null, false, 'odd', 'current|-|odd'),
        (
            1, 5, '2024-01-02 08:00:00', 'rejected', 'missing_key', '{}', 'amount', true, 'late',
            'rejected|missing_key|-'
        )
    ) as listed (
        load_key, source_row, recorded_at, row_status, reason_code, rejected_row, flags,
        is_conflict, answer, expected
    )
),

plain as (
    select {{ row_status_columns() }}
    from record
    inner join load on record.load_key = load.load_key
),

flagged as (
    select
        {{ row_status_columns(flags, "upper(record.row_status)") }}
    from record
    inner join load on record.load_key = load.load_key
),

answered as (
    select
        record.source_row,
        record.expected,
        lower(flagged.row_status) || '|' || coalesce(flagged.reason_code, '-')
        || '|' || coalesce(flagged.flags, '-') as actual,
        flagged.row_status = upper(flagged.row_status) as is_asked_status,
        flagged.entity || flagged.load_id || flagged.ingest_date || flagged.source_file as of_load,
        plain.row_status as plain_status,
        record.row_status as record_status,
        plain.flags as plain_flags,
        case
            when record.source_row = 2 then 'amount,conflict'
            when record.source_row = 3 then 'conflict'
        end as expected_plain_flags
    from record
    left join flagged on record.source_row = flagged.source_row
    left join plain on record.source_row = plain.source_row
)

select * from answered
where
    actual is distinct from expected
    or not is_asked_status
    or of_load is distinct from 'purchasea2024-01-02f'
    or plain_status is distinct from record_status
    or plain_flags is distinct from expected_plain_flags
