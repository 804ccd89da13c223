{#
    line_value() -> decimal(18,2), null where it is not known
    What the item of a purchase is worth: `line_total` takes purchase_value as it is,
    `unit_times_quantity` multiplies it by item_quantity (variable `commerce_value_rule`).
    *Raises* on any other rule.
#}
{% macro line_value() -%}
    {%- set rule = var('commerce_value_rule') -%}
    {%- if rule == 'line_total' -%}
    purchase_value
    {%- elif rule == 'unit_times_quantity' -%}
    cast({{ value_times_quantity() }} as decimal(18, 2))
    {%- else -%}
        {{ exceptions.raise_compiler_error("The variable 'commerce_value_rule' must be line_total or unit_times_quantity, got '" ~ rule ~ "'.") }}
    {%- endif -%}
{%- endmacro %}
