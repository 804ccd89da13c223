{#
    not_materialized() -> words after `as` of a CTE that is only a look at a table
    DuckDB stores a CTE that is read twice, also when it is a plain scan: a copy of the table in memory.
    Athena and Spark read it twice anyway and know no such words.
#}
{% macro not_materialized() -%}
    {{ return(adapter.dispatch('not_materialized', 'lakehouse')()) }}
{%- endmacro %}

{% macro default__not_materialized() -%}
    {{ unknown_engine('not_materialized') }}
{%- endmacro %}

{% macro duckdb__not_materialized() -%}
    not materialized
{%- endmacro %}

{% macro athena__not_materialized() -%}
{%- endmacro %}

{% macro glue__not_materialized() -%}
{%- endmacro %}
