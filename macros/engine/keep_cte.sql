{#
    keep_cte(name, sql)
    Works a CTE of the model out and keeps its rows in a table. On DuckDB, which does so by itself, nothing. On Glue
    no cached view: Spark would plan what is cached again wherever it is named.
#}
{% macro keep_cte(name, sql) -%}
    {{ return(adapter.dispatch('keep_cte', 'lakehouse')(name, sql)) }}
{%- endmacro %}

{% macro default__keep_cte(name, sql) -%}
    {{ unknown_engine('keep_cte') }}
{%- endmacro %}

{% macro duckdb__keep_cte(name, sql) -%}
{%- endmacro %}

{% macro athena__keep_cte(name, sql) -%}
    {%- do drop_kept_cte(name) -%}
    {%- do dbt.safe_create_table_as(true, kept_relation(name), sql) -%}
{%- endmacro %}

{% macro glue__keep_cte(name, sql) -%}
    {%- do run_statement('create or replace table ' ~ kept_relation(name) ~ ' using iceberg as ' ~ sql) -%}
{%- endmacro %}
