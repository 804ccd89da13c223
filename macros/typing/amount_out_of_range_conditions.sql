{#
    amount_out_of_range_conditions(columns) -> list of conditions, one per column: `<column>_text` is an
    amount that `<column>`, decimal(18,2), cannot hold, or NaN or infinite
    `<column>_digits` is what `amount_text` makes of the text.
#}
{% macro amount_out_of_range_conditions(columns) -%}
    {%- set conditions = [] -%}
    {%- for column in columns -%}
        {%- do conditions.append("(" ~ column ~ " is null and " ~ is_amount_out_of_range(column ~ "_text", column ~ "_digits") ~ ")") -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
