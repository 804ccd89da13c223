{#
    get_fixture_sql(rows, column_name_to_data_types) -> select of the given rows of a unit test
    rows: one dict of column name and value per row, none for no rows; without types they are those of the
    table that the rows stand for.
    Takes the place of dbt's macro of the name, which writes a select of all columns per row and unions
    them. Athena makes a stage of each and refuses a query of more than 150; one list of values is one
    stage. Spark makes a task of each, and a statement of a Glue session has 68,000 characters at most, so
    there only the columns that are given stand in the list (`given_rows`). On DuckDB the same form costs a
    cast per column in place of one per cell, which is what dbt spends most of a unit test on.
#}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {{ return(adapter.dispatch('get_fixture_sql', 'lakehouse')(rows, column_name_to_data_types)) }}
{%- endmacro %}

{% macro default__get_fixture_sql(rows, column_name_to_data_types) -%}
    {{ unknown_engine('get_fixture_sql') }}
{%- endmacro %}

{% macro duckdb__get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- set columns = [] if column_name_to_data_types else adapter.get_columns_in_relation(this) -%}
    {%- if not rows or not columns -%}
        {{ dbt.get_fixture_sql(rows, column_name_to_data_types) }}
    {%- else -%}
        {%- set types, quoted = {}, {} -%}
        {%- for column in columns -%}
            {%- do types.update({column.name | lower: column.data_type}) -%}
            {%- do quoted.update({column.name | lower: column.quoted}) -%}
        {%- endfor -%}
        {{ given_rows(rows, types, quoted) }}
    {%- endif -%}
{%- endmacro %}

{% macro athena__get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- set columns = [] if column_name_to_data_types else adapter.get_columns_in_relation(this) -%}
    {%- if not rows or not columns -%}
        {{ dbt.get_fixture_sql(rows, column_name_to_data_types) }}
    {%- else -%}
        {%- set types, nothing, names = {}, {}, [] -%}
        {%- for column in columns -%}
            {%- do types.update({column.name | lower: column.data_type}) -%}
            {%- do nothing.update({column.name | lower: safe_cast('null', column.data_type) | trim}) -%}
            {%- do names.append(column.quoted) -%}
        {%- endfor %}
    select * from (
        values
        {%- for row in rows %}
        {%- set values = dict(nothing, **format_row(row, types)) %}
        ({{ values.values() | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as fixture ({{ names | join(', ') }})
    {%- endif -%}
{%- endmacro %}

{% macro glue__get_fixture_sql(rows, column_name_to_data_types) -%}
    {{ duckdb__get_fixture_sql(rows, column_name_to_data_types) }}
{%- endmacro %}
