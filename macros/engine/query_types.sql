{#
    query_types(sql) -> list of [column, type] of a query, asked of the engine; no row is read
    dbt-athena would learn them from a Hive table, which holds neither timestamps of microseconds nor maps.
    A view holds them all, and nothing is written.
#}
{% macro query_types(sql) -%}
    {{ return(adapter.dispatch('query_types', 'lakehouse')(sql)) }}
{%- endmacro %}

{% macro default__query_types(sql) -%}
    {{ unknown_engine('query_types') }}
{%- endmacro %}

{% macro duckdb__query_types(sql) -%}
    {{ return(run_query('describe ' ~ sql).rows) }}
{%- endmacro %}

{% macro athena__query_types(sql) -%}
    {%- set view = make_temp_relation(this.incorporate(type='view')) -%}
    {%- do run_query('create or replace view ' ~ view ~ ' as ' ~ get_empty_subquery_sql(sql)) -%}
    {%- set found = [] -%}
    {%- for column in adapter.get_columns_in_relation(view) -%}
        {#- The catalogue knows no precision of a timestamp, and a bare one means milliseconds. -#}
        {%- set type = 'timestamp(6)' if column.data_type.startswith('timestamp') else column.data_type -%}
        {%- do found.append([column.name, type]) -%}
    {%- endfor -%}
    {%- do adapter.drop_relation(view) -%}
    {{ return(found) }}
{%- endmacro %}

{% macro glue__query_types(sql) -%}
    {{ return(run_query('describe query ' ~ sql).rows) }}
{%- endmacro %}
