{#
    purchase_histories() -> CTEs `touched_purchase` (incremental runs only), `purchase_history`,
    `item_history` and `extra_info_history`
    The histories of the three feeds as far as a model must read them: all of them in a rebuild; in an
    incremental run those of the purchases whose state the new loads can change, with every item ever
    tied to them. Filtered here, before anything is joined: an engine does not find the few purchases
    behind a union by itself.

    Touched are the purchases the new loads speak of, and those that any row, old or new, ties to an
    item the loads speak of. Ties are read from all rows and not from the states in force, so that a
    purchase which an item has left is found too. A superset is harmless: what did not change is not
    written.
#}
{% macro purchase_histories() -%}
{%- set purchase_history = ref('int_commerce__purchase_history') -%}
{%- set item_history = ref('int_commerce__product_item_history') -%}
{%- set extra_info_history = ref('int_commerce__purchase_extra_info_history') -%}
{%- if is_incremental() -%}
touched_item as (
    select distinct record_key as item_key
    from {{ item_history }} as item
    where {{ in_new_load('item', 'product_item') }}
),

touched_purchase as (
    select record_key as purchase_key
    from {{ purchase_history }} as purchase
    where {{ in_new_load('purchase', 'purchase') }}
    union
    select record_key as purchase_key
    from {{ extra_info_history }} as extra_info
    where {{ in_new_load('extra_info', 'purchase_extra_info') }}
    union
    select record_key as purchase_key
    from {{ purchase_history }} as purchase
    where purchase.item_key in (select touched_item.item_key from touched_item)
    union
    select {{ commerce_key('item.purchase_id', 'null') }} as purchase_key
    from {{ item_history }} as item
    where
        item.purchase_id is not null
        and item.record_key in (select touched_item.item_key from touched_item)
),

purchase_history as (
    select *
    from {{ purchase_history }} as purchase
    where purchase.record_key in (select touched_purchase.purchase_key from touched_purchase)
),

extra_info_history as (
    select *
    from {{ extra_info_history }} as extra_info
    where extra_info.record_key in (select touched_purchase.purchase_key from touched_purchase)
),

tied_item as (
    select item_key
    from purchase_history
    where item_key is not null
    union
    select record_key as item_key
    from {{ item_history }} as item
    where
        item.purchase_id is not null
        and {{ commerce_key('item.purchase_id', 'null') }} in (
            select touched_purchase.purchase_key from touched_purchase
        )
),

item_history as (
    select *
    from {{ item_history }} as item
    where item.record_key in (select tied_item.item_key from tied_item)
)
{%- else -%}
purchase_history as {{ not_materialized() }} (
    select * from {{ purchase_history }}
),

item_history as {{ not_materialized() }} (
    select * from {{ item_history }}
),

extra_info_history as {{ not_materialized() }} (
    select * from {{ extra_info_history }}
)
{%- endif -%}
{%- endmacro %}
