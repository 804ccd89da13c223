{#
    get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -> select of the rows that a unit test expects
    Takes the place of dbt's macro of the name on DuckDB and Glue, for the reason that get_fixture_sql tells.
    Rows that name different columns are left to dbt, which refuses them.
#}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {{ return(adapter.dispatch('get_expected_sql', 'lakehouse')(rows, column_name_to_data_types, column_name_to_quoted)) }}
{%- endmacro %}

{% macro default__get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {{ unknown_engine('get_expected_sql') }}
{%- endmacro %}

{% macro duckdb__get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {%- set names = (rows | first | default({})).keys() | map('lower') | list -%}
    {%- set alike = [] -%}
    {%- for row in rows -%}
        {%- if row.keys() | map('lower') | sort == names | sort -%}{%- do alike.append(row) -%}{%- endif -%}
    {%- endfor -%}
    {%- if not rows or alike | length < rows | length -%}
        {{ dbt.get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) }}
    {%- else -%}
        {%- set types = {} -%}
        {%- for name in names if name in column_name_to_data_types -%}
            {%- do types.update({name: column_name_to_data_types[name]}) -%}
        {%- endfor -%}
        {{ given_rows(rows, types, column_name_to_quoted) }}
    {%- endif -%}
{%- endmacro %}

{% macro athena__get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {{ dbt.get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) }}
{%- endmacro %}

{% macro glue__get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {{ duckdb__get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) }}
{%- endmacro %}
