{#
    raw_relation(source_name, table_name) -> relation text, or none where the raw zone has no file yet
    For catalogue look-ups while a model compiles; staging reads `raw_rows`. DuckDB reads the files of
    the raw zone and fails on a pattern without files; elsewhere the table is in the catalogue.
    *Raises* if the sources YAML does not declare the table.
#}
{% macro raw_relation(source_name, table_name) -%}
    {{ return(adapter.dispatch('raw_relation', 'lakehouse')(source_node(source_name, table_name))) }}
{%- endmacro %}

{% macro default__raw_relation(node) -%}
    {{ unknown_engine('raw_relation') }}
{%- endmacro %}

{% macro duckdb__raw_relation(node) -%}
    {%- set location = raw_location(node.source_meta.external_location | replace('{name}', node.name)) -%}
    {%- set files = run_query("select 1 from glob(" ~ raw_pattern(node) ~ ") limit 1") -%}
    {{ return(location if files.rows | length > 0 else none) }}
{%- endmacro %}

{% macro athena__raw_relation(node) -%}
    {{ return(api.Relation.create(node.database, node.schema, node.identifier) | string) }}
{%- endmacro %}

{% macro glue__raw_relation(node) -%}
    {{ return('spark_catalog.' ~ node.schema ~ '.' ~ node.identifier) }}
{%- endmacro %}
