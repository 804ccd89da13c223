{#
    touched_purchases() -> select with the column purchase_key
    The purchases whose state the new loads of this model can change: those the loads speak of, and
    those that any row, old or new, ties to an item the loads speak of. Ties are read from all received
    rows and not from the states in force, so that a purchase which an item has left is found too.
    A superset is harmless: what did not change is not written.
    Reads the CTEs purchase_history, item_history and extra_info_history of the model.
#}
{% macro touched_purchases() -%}
    select record_key as purchase_key
    from purchase_history
    where {{ in_new_load('purchase_history', 'purchase') }}
    union
    select record_key as purchase_key
    from extra_info_history
    where {{ in_new_load('extra_info_history', 'purchase_extra_info') }}
    union
    select record_key as purchase_key
    from purchase_history
    where item_key in (
        select record_key
        from item_history
        where {{ in_new_load('item_history', 'product_item') }}
    )
    union
    select {{ commerce_key('purchase_id', 'null') }} as purchase_key
    from item_history
    where
        purchase_id is not null
        and record_key in (
            select record_key
            from item_history
            where {{ in_new_load('item_history', 'product_item') }}
        )
{%- endmacro %}
