{#
    get_fixture_sql(rows, column_name_to_data_types) -> select of the given rows of a unit test
    rows: one dict of column name and value per row, none for no rows; without types they are those of the
    table that the rows stand for.
    Takes the place of dbt's macro of the name, which writes a select of all columns per row and unions
    them. Athena makes a stage of each and refuses a query of more than 150; one list of values is one
    stage. A statement of a Glue session has 68,000 characters at most, so there only the columns that
    are given stand in the list. On DuckDB the same form costs a cast per column in place of one per
    cell, which is what dbt spends most of a unit test on.
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
        {{ duckdb_given_rows(rows, types, quoted) }}
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
    {%- set columns = [] if column_name_to_data_types else adapter.get_columns_in_relation(this) -%}
    {%- if not rows or not columns -%}
        {{ dbt.get_fixture_sql(rows, column_name_to_data_types) }}
    {%- else -%}
        {%- set types, given = {}, [] -%}
        {%- for column in columns -%}
            {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- endfor -%}
        {%- for row in rows -%}
            {#- For its check of the names. -#}
            {%- do format_row(row, types) -%}
            {%- for name in row if name | lower not in given -%}{%- do given.append(name | lower) -%}{%- endfor -%}
        {%- endfor %}
    select
        {%- for column in columns %}
        cast({{ column.quoted if column.name | lower in given else 'null' }} as {{ column.data_type }}) as {{ column.quoted }}{{ ',' if not loop.last }}
        {%- endfor %}
    from values
        {%- for row in rows %}
        {%- set by_name, values = {}, [] %}
        {%- for name, value in row.items() %}{% do by_name.update({name | lower: value}) %}{% endfor %}
        {%- for name in given %}
        {%- set value = by_name.get(name) %}
        {%- do values.append(dbt.string_literal(dbt.escape_single_quotes(value)) if value is string else 'null' if value is none else value | string) %}
        {%- endfor %}
        ({{ values | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
        as fixture ({{ given | join(', ') }})
    {%- endif -%}
{%- endmacro %}
