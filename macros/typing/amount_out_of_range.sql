{#
    amount_out_of_range(columns) -> list of conditions: `<column>_text` is an amount that `<column>`,
    decimal(18,2), cannot hold, or NaN or infinite
#}
{% macro amount_out_of_range(columns) -%}
    {%- set conditions = [] -%}
    {%- for column in columns -%}
        {%- do conditions.append("(" ~ column ~ " is null and " ~ is_amount_out_of_range(column ~ "_text") ~ ")") -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
