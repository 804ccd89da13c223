{#
    unreadable_conditions(columns) -> list of conditions, one per column: the text `<column>_text` says
    something, but `<column>` could not be read from it
#}
{% macro unreadable_conditions(columns) -%}
    {%- set conditions = [] -%}
    {%- for column in columns -%}
        {%- do conditions.append("(" ~ is_given(column ~ "_text") ~ " and " ~ column ~ " is null)") -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
