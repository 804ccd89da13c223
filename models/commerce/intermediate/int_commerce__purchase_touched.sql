-- Grain: one row per purchase_key whose state the pending loads can change: those that the
-- histories reflect and a table of purchases does not yet. Worked out once and stored, because
-- three tables ask for it, and Athena would work it out again at every place that names it.
--
-- Touched are the purchases the loads speak of, and those that any row, old or new, ties to an
-- item the loads speak of. Ties are read from all rows and not from the states in force, so that
-- a purchase which an item has left is found too. A superset is harmless: what did not change is
-- not written.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='purchase_key',
) }}

{% set pending = pending_loads(
    ['fct_commerce__purchase', 'fct_commerce__purchase_version', 'fct_commerce__purchase_movement']
) %}

with purchase_history as {{ not_materialized() }} (
    select *
    from {{ ref('int_commerce__purchase') }}
    where reason_code is null
),

item_history as {{ not_materialized() }} (
    select *
    from {{ ref('int_commerce__product_item') }}
    where reason_code is null
),

extra_info_history as {{ not_materialized() }} (
    select *
    from {{ ref('int_commerce__purchase_extra_info') }}
    where reason_code is null
),

{% if is_incremental() %}
stored as (
    select * from {{ this }}
),
{% endif %}

touched_item as (
    select distinct record_key as item_key
    from item_history
    where {{ in_load('item_history', 'product_item', pending) }}
),

touched as (
    select record_key as purchase_key
    from purchase_history
    where
        {{ in_load('purchase_history', 'purchase', pending) }}
        or item_key in (select touched_item.item_key from touched_item)
    union
    select record_key as purchase_key
    from extra_info_history
    where {{ in_load('extra_info_history', 'purchase_extra_info', pending) }}
    union
    select {{ commerce_key('purchase_id', 'null') }} as purchase_key
    from item_history
    where
        purchase_id is not null
        and record_key in (select touched_item.item_key from touched_item)
),

changes as (
    {{ merge_changes('touched', 'stored', ['purchase_key'], ['purchase_key']) }}
)

select * from changes
