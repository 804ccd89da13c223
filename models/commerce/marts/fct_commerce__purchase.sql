-- Grain: one row per purchase_key, in its newest state known now: purchases known
-- only by an item or an extra info included, deleted ones not.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='purchase_key',
) }}

{% set columns = [
    'purchase_key', 'purchase_id', 'purchase_partition', 'buyer_id', 'prod_item_id',
    'prod_item_partition', 'producer_id', 'order_date', 'release_date', 'purchase_total_value',
    'purchase_status', 'item_key', 'product_id', 'item_quantity', 'purchase_value', 'subsidiary', 'is_paid',
    'is_cancelled', 'is_complete', 'gmv_date', 'gmv_amount', 'gmv_exclusion_reason',
    'is_total_different', 'purchase_transaction_datetime', 'product_item_transaction_datetime',
    'purchase_extra_info_transaction_datetime', 'last_recorded_at',
] %}

with {{ purchase_histories() }},

{% if is_incremental() %}
stored as (
    select *
    from {{ this }}
    where purchase_key in (select touched_purchase.purchase_key from touched_purchase)
),
{% endif %}

known_purchase as (
    select record_key as purchase_key
    from purchase_history
    where known_from is not null
    union
    select record_key as purchase_key
    from extra_info_history
    where known_from is not null
    union
    select {{ commerce_key('purchase_id', 'null') }} as purchase_key
    from item_history
    where purchase_id is not null and known_from is not null
),

purchase_to_assemble as (
    select * from known_purchase
    {% if is_incremental() %}
    where purchase_key in (select touched_purchase.purchase_key from touched_purchase)
    {% endif %}
),

{{ assembled_purchase('purchase_to_assemble', known_on=none) }},

purchase as (
    select
        purchase_key,
        {{ purchase_id_of_key('purchase_key') }} as purchase_id,
        {{ purchase_partition_of_key('purchase_key') }} as purchase_partition,
        buyer_id,
        prod_item_id,
        prod_item_partition,
        producer_id,
        order_date,
        release_date,
        purchase_total_value,
        purchase_status,
        item_key,
        product_id,
        item_quantity,
        purchase_value,
        subsidiary,
        release_date is not null as is_paid,
        {{ is_cancelled('purchase_status') }} as is_cancelled,
        is_purchase_known
        and is_product_item_known
        and is_purchase_extra_info_known as is_complete,
        {{ gmv_date_column() }} as gmv_date,
        {{ gmv_amount() }} as gmv_amount,
        case
            when release_date is null then 'not_paid'
            when {{ is_cancelled('purchase_status') }} then 'cancelled'
            when {{ gmv_date_column() }} is null then 'no_gmv_date'
            when not is_product_item_known then 'no_item'
            when {{ line_value() }} is null then 'item_without_value'
        end as gmv_exclusion_reason,
        coalesce(purchase_total_value <> {{ line_value() }}, false) as is_total_different,
        purchase_transaction_datetime,
        product_item_transaction_datetime,
        purchase_extra_info_transaction_datetime,
        -- greatest() of a null is null on Athena: a feed that is not known counts as very early.
        nullif(greatest(
            coalesce(purchase_recorded_at, {{ as_timestamp("'1900-01-01 00:00:00'") }}),
            coalesce(product_item_recorded_at, {{ as_timestamp("'1900-01-01 00:00:00'") }}),
            coalesce(purchase_extra_info_recorded_at, {{ as_timestamp("'1900-01-01 00:00:00'") }})
        ), {{ as_timestamp("'1900-01-01 00:00:00'") }}) as last_recorded_at
    from assembled_purchase
    where not is_deleted
),

changes as (
    {{ merge_changes('purchase', 'stored', ['purchase_key'], columns) }}
)

select * from changes
