{#
    any_unreadable(columns) -> condition: of one of the columns the text `<column>_text` says something (see
    `is_given`), but `<column>` could not be read from it
    columns: names. Whether it was read is asked first: nearly all are. Written as one look at a list where
    statements may not be long; DuckDB would set up that look anew for every two thousand rows.
#}
{% macro any_unreadable(columns) -%}
    {{ return(adapter.dispatch('any_unreadable', 'lakehouse')(columns)) }}
{%- endmacro %}

{% macro default__any_unreadable(columns) -%}
    {{ unknown_engine('any_unreadable') }}
{%- endmacro %}

{% macro duckdb__any_unreadable(columns) -%}
    {%- set conditions = [] -%}
    {%- for column in columns -%}
        {%- do conditions.append("(" ~ column ~ " is null and " ~ is_given(column ~ "_text") ~ ")") -%}
    {%- endfor -%}
    ({{ conditions | join(' or ') }})
{%- endmacro %}

{% macro athena__any_unreadable(columns) -%}
    cardinality(filter(array[
        {%- for column in columns -%}
        case when {{ column }} is null then {{ column }}_text end{{ ', ' if not loop.last }}
        {%- endfor -%}
    ], v -> {{ is_given('v') }})) > 0
{%- endmacro %}

{% macro glue__any_unreadable(columns) -%}
    size(filter(array(
        {%- for column in columns -%}
        case when {{ column }} is null then {{ column }}_text end{{ ', ' if not loop.last }}
        {%- endfor -%}
    ), v -> {{ is_given('v') }})) > 0
{%- endmacro %}
