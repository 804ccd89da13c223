{#
    is_stored(relation) -> boolean, true where the catalogue has the table; a view is none
    The one look-up that macros may decide by: it fails where the catalogue refuses to answer. dbt-glue's
    `get_relation` says "no such table" then, and would have an increment rendered as a first build.
#}
{% macro is_stored(relation) -%}
    {{ return(adapter.dispatch('is_stored', 'lakehouse')(relation)) }}
{%- endmacro %}

{% macro default__is_stored(relation) -%}
    {{ unknown_engine('is_stored') }}
{%- endmacro %}

{% macro duckdb__is_stored(relation) -%}
    {%- set found = load_relation(relation) -%}
    {{ return(found is not none and found.type == 'table') }}
{%- endmacro %}

{% macro athena__is_stored(relation) -%}
    {{ return(duckdb__is_stored(relation)) }}
{%- endmacro %}

{% macro glue__is_stored(relation) -%}
    {{ return(adapter.get_table_type(relation, 'iceberg') in ('iceberg_table', 'table')) }}
{%- endmacro %}
