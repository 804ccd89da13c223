{#
    try_amount(x) -> decimal(18,2), null where the text is no amount (see amount_text) or has more than
    16 digits before the decimals
#}
{% macro try_amount(x) -%}
    try_cast({{ amount_text(x) }} as decimal(18, 2))
{%- endmacro %}
