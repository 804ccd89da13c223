{#
    create_note_table(relation, columns) -> statement that creates a table of notes if absent
    columns: mapping of a name to `text` or `bigint`. Notes say what tables hold, and are no model.
#}
{% macro create_note_table(relation, columns) -%}
    {{ return(adapter.dispatch('create_note_table', 'lakehouse')(relation, columns)) }}
{%- endmacro %}

{% macro default__create_note_table(relation, columns) -%}
    {{ unknown_engine('create_note_table') }}
{%- endmacro %}

{% macro duckdb__create_note_table(relation, columns) -%}
    create table if not exists {{ relation }} (
        {%- for name, type in columns.items() %}
        {{ name }} {{ 'varchar' if type == 'text' else type }} not null{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro athena__create_note_table(relation, columns) -%}
    create table if not exists {{ relation.render_hive() }} (
        {%- for name, type in columns.items() %}
        {{ name }} {{ 'string' if type == 'text' else type }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    location '{{ target.s3_data_dir }}{{ relation.schema }}/{{ relation.identifier }}'
    tblproperties ('table_type' = 'ICEBERG')
{%- endmacro %}

{% macro glue__create_note_table(relation, columns) -%}
    create table if not exists {{ relation.schema }}.{{ relation.identifier }} (
        {%- for name, type in columns.items() %}
        {{ name }} {{ 'string' if type == 'text' else type }}{{ ',' if not loop.last }}
        {%- endfor %}
    ) using iceberg
    tblproperties ('format-version' = '2')
{%- endmacro %}
