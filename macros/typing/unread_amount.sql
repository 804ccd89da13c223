{#
    unread_amount(columns) -> list of conditions: like `unread`, but not for an amount that is only out of
    range (`amount_out_of_range` names those)
#}
{% macro unread_amount(columns) -%}
    {%- set conditions = [] -%}
    {%- for column in columns -%}
        {%- do conditions.append("(" ~ unread([column])[0] ~ " and not " ~ is_amount_out_of_range(column ~ "_text") ~ ")") -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
