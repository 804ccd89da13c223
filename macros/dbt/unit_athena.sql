{#
    unit_athena -> the materialization of unit tests on Athena
    dbt-athena learns the types of a tested model from a Hive table, which holds neither timestamps of
    microseconds nor maps. A view holds them all, and nothing is written.
#}
{%- materialization unit, adapter='athena' -%}
    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set expected_sql = config.get('expected_sql') -%}
    {%- set tested = expected_rows[0].keys() if (expected_rows | length) > 0 else get_columns_in_query(sql) -%}
    {%- set view = make_temp_relation(this.incorporate(type='view')) -%}
    {%- do run_query('create or replace view ' ~ view ~ ' as ' ~ get_empty_subquery_sql(sql)) -%}
    {%- set types, quoted, names = {}, {}, [] -%}
    {%- for column in adapter.get_columns_in_relation(view) -%}
        {#- The catalogue knows no precision of a timestamp, and a bare one means milliseconds. -#}
        {%- set type = 'timestamp(6)' if column.data_type.startswith('timestamp') else column.data_type -%}
        {%- do types.update({column.name | lower: type}) -%}
        {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
    {%- do adapter.drop_relation(view) -%}
    {%- for name in tested -%}
        {%- do names.append(quoted[name | lower]) -%}
    {%- endfor -%}
    {%- if not expected_sql -%}
        {%- set expected_sql = get_expected_sql(expected_rows, types, quoted) -%}
    {%- endif -%}
    {%- call statement('main', fetch_result=True) -%}
        {{ get_unit_test_sql(sql, expected_sql, names) }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{%- endmaterialization -%}
