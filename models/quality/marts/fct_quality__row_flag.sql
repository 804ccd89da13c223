-- Grain: one row per domain, entity, ingest_date and flag: how many rows carry it. A
-- flag marks what is unusual and yet counts: repeated rows are left out, because they say
-- nothing new.

with reason as (
    select reason_code as flag_code
    from {{ ref('dim_quality__reason') }}
    where severity = 'flag'
),

flagged_row as (
    select
        domain,
        entity,
        ingest_date,
        flags
    from {{ ref('int_quality__row_status') }}
    where flags is not null and row_status <> 'repeated'
),

row_flag as (
    select
        flagged_row.domain,
        flagged_row.entity,
        cast(flagged_row.ingest_date as date) as ingest_date,
        reason.flag_code,
        cast(count(*) as bigint) as row_count
    from flagged_row
    inner join reason
        on position(',' || reason.flag_code || ',' in ',' || flagged_row.flags || ',') > 0
    group by flagged_row.domain, flagged_row.entity, flagged_row.ingest_date, reason.flag_code
)

select * from row_flag
