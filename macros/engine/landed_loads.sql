{#
    landed_loads(source_name, table_name) -> select with the columns load_id, ingest_date (text)
    One row per raw file, read from its path: the names of files cost nothing to ask, their contents do.
    A file that is not called after its load is found again in every run, which costs time and loses
    nothing.
#}
{% macro landed_loads(source_name, table_name) -%}
    {{ return(adapter.dispatch('landed_loads', 'lakehouse')(source_node(source_name, table_name))) }}
{%- endmacro %}

{% macro default__landed_loads(node) -%}
    {{ unknown_engine('landed_loads') }}
{%- endmacro %}

{% macro duckdb__landed_loads(node) -%}
    select
        parse_filename(file, true) as load_id,
        regexp_extract(file, 'ingest_date=([^/]*)/', 1) as ingest_date
    from glob({{ raw_pattern(node) }})
{%- endmacro %}

{% macro athena__landed_loads(node) -%}
    select
        regexp_extract(file, '([^/]*)[.]parquet$', 1) as load_id,
        regexp_extract(file, 'ingest_date=([^/]*)/', 1) as ingest_date
    from (select distinct "$path" as file from {{ athena__raw_relation(node) }}) as landed_file
{%- endmacro %}

{% macro glue__landed_loads(node) -%}
    select
        regexp_extract(file, '([^/]*)[.]parquet', 1) as load_id,
        regexp_extract(file, 'ingest_date=([^/]*)/', 1) as ingest_date
    from (select distinct input_file_name() as file from {{ glue__raw_relation(node) }}) as landed_file
{%- endmacro %}
