{#
    gmv_amount() -> decimal(18,2), null where the purchase is not in GMV
    The value of a purchase that is paid (release_date), not cancelled, and has a GMV date and a known
    item value. Reads release_date, order_date, purchase_status, purchase_value, item_quantity.
#}
{% macro gmv_amount() -%}
    case
        when
            release_date is not null
            and {{ gmv_date_column() }} is not null
            and not {{ is_cancelled('purchase_status') }}
            then {{ line_value() }}
    end
{%- endmacro %}
