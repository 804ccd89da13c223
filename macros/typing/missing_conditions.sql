{#
    missing_conditions(columns) -> list of conditions, one per column: `<column>` has no value, because the
    text `<column>_text` says nothing
#}
{% macro missing_conditions(columns) -%}
    {%- set conditions = [] -%}
    {%- for column in columns -%}
        {%- do conditions.append("(" ~ column ~ " is null and not " ~ is_given(column ~ "_text") ~ ")") -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
