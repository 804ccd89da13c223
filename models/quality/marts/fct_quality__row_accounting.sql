-- Grain: one row per domain, entity and ingest_date: what became of the rows received that day,
-- as known now. Every received row is accepted, repeated, waiting or rejected: an accepted one
-- is current, superseded or deleted. Accepted rows are counted by their having no reason and no
-- other end, so that the identities can fail.

with row_status as (
    select
        domain,
        entity,
        ingest_date,
        row_status,
        reason_code
    from {{ ref('int_quality__row_status') }}
),

row_accounting as (
    select
        domain,
        entity,
        cast(ingest_date as date) as ingest_date,
        cast(count(*) as bigint) as received_count,
        cast(
            count_if(reason_code is null and row_status not in ('repeated', 'waiting')) as bigint
        ) as accepted_count,
        cast(count_if(row_status = 'repeated') as bigint) as repeated_count,
        cast(count_if(row_status = 'waiting') as bigint) as waiting_count,
        cast(count_if(row_status = 'rejected') as bigint) as rejected_count,
        cast(count_if(row_status = 'current') as bigint) as current_count,
        cast(count_if(row_status = 'superseded') as bigint) as superseded_count,
        cast(count_if(row_status = 'deleted') as bigint) as deleted_count
    from row_status
    group by domain, entity, ingest_date
)

select * from row_accounting
