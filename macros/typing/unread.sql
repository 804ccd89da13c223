{#
    unread(columns) -> list of conditions: the text `<column>_text` says something, but `<column>` could
    not be read from it
#}
{% macro unread(columns) -%}
    {%- set conditions = [] -%}
    {%- for column in columns -%}
        {%- do conditions.append("(" ~ is_given(column ~ "_text") ~ " and " ~ column ~ " is null)") -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
