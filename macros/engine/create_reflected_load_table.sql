{#
    create_reflected_load_table(relation) -> statement that creates the table of reflected loads if absent
#}
{% macro create_reflected_load_table(relation) -%}
    {{ return(adapter.dispatch('create_reflected_load_table', 'lakehouse')(relation)) }}
{%- endmacro %}

{% macro default__create_reflected_load_table(relation) -%}
    {{ unknown_engine('create_reflected_load_table') }}
{%- endmacro %}

{% macro duckdb__create_reflected_load_table(relation) -%}
    create table if not exists {{ relation }} (
        model_name varchar not null,
        load_key bigint not null,
        shaped_by varchar not null
    )
{%- endmacro %}

{% macro athena__create_reflected_load_table(relation) -%}
    create table if not exists {{ relation.render_hive() }} (
        model_name string,
        load_key bigint,
        shaped_by string
    )
    location '{{ target.s3_data_dir }}{{ relation.schema }}/reflected_load'
    tblproperties ('table_type' = 'ICEBERG')
{%- endmacro %}

{% macro glue__create_reflected_load_table(relation) -%}
    create table if not exists {{ relation.schema }}.{{ relation.identifier }} (
        model_name string,
        load_key bigint,
        shaped_by string
    ) using iceberg
    tblproperties ('format-version' = '2')
{%- endmacro %}
