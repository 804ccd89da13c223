{#
    value_times_quantity() -> decimal(38,2) of purchase_value and item_quantity, null where either is
    Wide on purpose: DuckDB multiplies two short decimals in 18 digits and stops the build on overflow.
    A quantity beyond ten digits gives null; staging rejects it before this is asked.
#}
{% macro value_times_quantity() -%}
    cast(purchase_value as decimal(28, 2)) * try_cast(item_quantity as decimal(10, 0))
{%- endmacro %}
