{#
    gmv_date_column() -> name of the column that is the business day of a purchase's value
    `release_date`, or `order_date` by the variable `commerce_gmv_date`. *Raises* on any other value.
#}
{% macro gmv_date_column() -%}
    {%- set column = var('commerce_gmv_date') -%}
    {%- if column not in ('release_date', 'order_date') -%}
        {{ exceptions.raise_compiler_error("The variable 'commerce_gmv_date' must be release_date or order_date, got '" ~ column ~ "'.") }}
    {%- endif -%}
    {{ column }}
{%- endmacro %}
