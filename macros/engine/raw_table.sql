{#
    raw_table(source_name, table_name) -> relation or subquery with all columns that the sources YAML declares
    What raw holds of an entity, typed as it lies there; without rows while no file of it has landed. A file that
    was written before a column was declared lacks it, and so may all of them: then the column is null. A Hive table
    has the columns of its catalogue and finds them in a file by name; the files that DuckDB reads have what they
    have, so a select without rows brings the names.
#}
{% macro raw_table(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- if not execute -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set node = source_node(source_name, table_name) -%}
    {%- if raw_relation(source_name, table_name) is none -%}
        {{ return('(' ~ no_raw_rows(node) ~ ') as no_file') }}
    {%- endif -%}
    {{ return(adapter.dispatch('raw_table', 'lakehouse')(relation, node)) }}
{%- endmacro %}

{% macro default__raw_table(relation, node) -%}
    {{ unknown_engine('raw_table') }}
{%- endmacro %}

{% macro duckdb__raw_table(relation, node) -%}
    (
        select * from {{ relation }}
        union all by name
        {{ no_raw_rows(node) }}
    ) as raw_file
{%- endmacro %}

{% macro athena__raw_table(relation, node) -%}
    {{ relation }}
{%- endmacro %}

{% macro glue__raw_table(relation, node) -%}
    {{ relation }}
{%- endmacro %}
