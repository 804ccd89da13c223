{#
    item_content() -> list of [name, kind], the business columns of an item in the order of the contract
    The row content that decides between item events of one instant: within a record, and between two
    items that carry the id of one purchase. See `row_content`.
#}
{% macro item_content() -%}
    {{ return([
        ['prod_item_id', 'integer'],
        ['prod_item_partition', 'integer'],
        ['purchase_id', 'integer'],
        ['product_id', 'integer'],
        ['item_quantity', 'integer'],
        ['purchase_value', 'decimal'],
        ['transaction_datetime', 'timestamp'],
        ['transaction_date', 'date'],
    ]) }}
{%- endmacro %}
