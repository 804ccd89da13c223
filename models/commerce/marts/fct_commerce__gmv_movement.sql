-- Grain: one row per posted_on, gmv_date, subsidiary: the ledger. A load changes what was known
-- from its ingest_date on and never before, so only days from the oldest new load are
-- recomputed: a closed day changes only by a load that rewrites history.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['posted_on', 'gmv_date', 'subsidiary'],
    **partition_by_month('posted_on'),
) }}

{% set key = ['posted_on', 'gmv_date', 'subsidiary'] %}
{% set columns = key + ['movement_amount', 'purchase_count_change'] %}

{% set first_day = first_new_day() if is_incremental() %}

with purchase_movement as (
    select * from {{ ref('fct_commerce__purchase_movement') }}
),

{% if is_incremental() %}
stored as (
    select *
    from {{ this }}
    where posted_on >= {{ first_day }}
),
{% endif %}

ledger as (
    select
        posted_on,
        gmv_date,
        subsidiary,
        cast(sum(movement_amount) as decimal(18, 2)) as movement_amount,
        cast(sum(purchase_count_change) as bigint) as purchase_count_change
    from purchase_movement
    {% if is_incremental() %}
    where posted_on >= {{ first_day }}
    {% endif %}
    group by posted_on, gmv_date, subsidiary
    having sum(movement_amount) <> 0 or sum(purchase_count_change) <> 0
),

changes as (
    {{ merge_changes('ledger', 'stored', key, columns) }}
)

select * from changes
