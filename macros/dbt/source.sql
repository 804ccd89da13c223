{#
    source(source_name, table_name) -> relation
    Raw tables are Hive tables. Glue sessions run with Iceberg as default catalogue, which neither lists
    nor reads them, so the name gets the prefix of the Hive catalogue there. On DuckDB they are the files
    of the raw zone.
#}
{% macro source(source_name, table_name) -%}
    {%- set relation = builtins.source(source_name, table_name) -%}
    {%- if target.type == 'glue' -%}
        {%- set relation = relation.incorporate(path={'schema': 'spark_catalog.' ~ relation.schema}) -%}
    {%- elif target.type == 'duckdb' and execute -%}
        {%- set relation = relation.incorporate(external=raw_location(relation.external)) -%}
    {%- endif -%}
    {%- do return(relation) -%}
{%- endmacro %}
