-- Grain: one row per rejected raw row, with the first reason that holds and the row as delivered.
-- Personal values are masked.

with row_status as (
    select * from {{ ref('int_quality__row_status') }}
),

rejected_row as (
    select
        domain,
        entity,
        source_file,
        source_row,
        load_id,
        cast(ingest_date as date) as ingest_date,
        recorded_at,
        reason_code,
        rejected_row as row_json
    from row_status
    where row_status = 'rejected'
)

select * from rejected_row
