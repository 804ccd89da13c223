-- Grain: one row per domain, entity, load and ingest_date that lies before the day the load
-- landed on: knowledge that was claimed for a day already over. A historical load does so by
-- design: any other changed what had been published as known.

with received_load as (
    select distinct
        domain,
        entity,
        load_id,
        cast(ingest_date as date) as claimed_on,
        {{ try_date(
            "substr(load_id, 1, 4) || '-' || substr(load_id, 5, 2) || '-' || substr(load_id, 7, 2)"
        ) }} as landed_on
    from {{ ref('int_quality__load') }}
),

history_rewrite as (
    select
        domain,
        entity,
        load_id,
        claimed_on,
        landed_on,
        {{ days_between('claimed_on', 'landed_on') }} as rewritten_days
    from received_load
    -- A load that names no landing day was written by somebody else: listed, its reach unknown.
    where landed_on is null or claimed_on < landed_on
)

select * from history_rewrite
