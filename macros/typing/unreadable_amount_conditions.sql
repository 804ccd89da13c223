{#
    unreadable_amount_conditions(columns) -> list of conditions, one per amount column: as of
    `unreadable_conditions`, but not for an amount that is only out of range (see
    `amount_out_of_range_conditions`)
#}
{% macro unreadable_amount_conditions(columns) -%}
    {%- set conditions = [] -%}
    {%- for column in columns -%}
        {%- do conditions.append("(" ~ unreadable_conditions([column])[0] ~ " and not " ~ is_amount_out_of_range(column ~ "_text", column ~ "_digits") ~ ")") -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
