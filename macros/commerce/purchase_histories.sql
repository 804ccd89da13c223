{#
    purchase_histories() -> CTEs `touched_purchase` (incremental runs only), `purchase_history`,
    `item_history` and `extra_info_history`
    The histories of the three feeds as far as a model must read them: all of them in a rebuild; in an
    incremental run those of the touched purchases, with every item ever tied to them. Filtered here,
    before anything is joined: an engine does not find the few purchases behind a union by itself.
#}
{% macro purchase_histories() -%}
{%- set purchase_history = ref('int_commerce__purchase') -%}
{%- set item_history = ref('int_commerce__product_item') -%}
{%- set extra_info_history = ref('int_commerce__purchase_extra_info') -%}
{%- set purchase_touched = ref('int_commerce__purchase_touched') -%}
{%- if is_incremental() -%}
touched_purchase as {{ not_materialized() }} (
    select purchase_key from {{ purchase_touched }}
),

purchase_history as (
    select *
    from {{ purchase_history }} as purchase
    where
        purchase.reason_code is null
        and purchase.record_key in (select touched_purchase.purchase_key from touched_purchase)
),

extra_info_history as (
    select *
    from {{ extra_info_history }} as extra_info
    where
        extra_info.reason_code is null
        and extra_info.record_key in (select touched_purchase.purchase_key from touched_purchase)
),

tied_item as (
    select item_key
    from purchase_history
    where item_key is not null
    union
    select record_key as item_key
    from {{ item_history }} as item
    where
        item.reason_code is null
        and item.purchase_id is not null
        and {{ commerce_key('item.purchase_id', 'null') }} in (
            select touched_purchase.purchase_key from touched_purchase
        )
),

item_history as (
    select *
    from {{ item_history }} as item
    where
        item.reason_code is null
        and item.record_key in (select tied_item.item_key from tied_item)
)
{%- else -%}
purchase_history as {{ not_materialized() }} (
    select *
    from {{ purchase_history }} as purchase
    where purchase.reason_code is null
),

item_history as {{ not_materialized() }} (
    select *
    from {{ item_history }} as item
    where item.reason_code is null
),

extra_info_history as {{ not_materialized() }} (
    select *
    from {{ extra_info_history }} as extra_info
    where extra_info.reason_code is null
)
{%- endif -%}
{%- endmacro %}
