{#
    is_stored(relation) -> boolean, true where a look-up that cannot be mistaken finds the table
    dbt-glue answers "no such table" also when the catalogue refused to answer, and then merges all the
    same. Elsewhere the look-up of `is_incremental` raises, so there is nothing to add: false.
#}
{% macro is_stored(relation) -%}
    {{ return(adapter.dispatch('is_stored', 'lakehouse')(relation)) }}
{%- endmacro %}

{% macro default__is_stored(relation) -%}
    {{ unknown_engine('is_stored') }}
{%- endmacro %}

{% macro duckdb__is_stored(relation) -%}
    {{ return(false) }}
{%- endmacro %}

{% macro athena__is_stored(relation) -%}
    {{ return(false) }}
{%- endmacro %}

{% macro glue__is_stored(relation) -%}
    {{ return(adapter.get_table_type(relation, 'iceberg') is not none) }}
{%- endmacro %}
