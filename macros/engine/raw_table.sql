{#
    raw_table(relation, node) -> relation or subquery with all columns that the sources YAML declares
    relation: of a raw table that has files; node: its node in the graph. A file that was written before a
    column was declared lacks it, and so may all of them: then the column is null. A Hive table has the
    columns of its catalogue and finds them in a file by name; the files that DuckDB reads have what they
    have, so a select without rows brings the names.
#}
{% macro raw_table(relation, node) -%}
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
