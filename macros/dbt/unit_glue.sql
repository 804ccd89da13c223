{#
    unit_glue -> the materialization of unit tests on Glue
    The one of dbt asks for the rows of a `create`, and dbt-glue has none to give. A temporary view of
    the session tells the types; its name has no schema, and the invocation in it.
#}
{%- materialization unit, adapter='glue' -%}
    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set expected_sql = config.get('expected_sql') -%}
    {%- set tested = expected_rows[0].keys() if (expected_rows | length) > 0 else get_columns_in_query(sql) -%}
    {%- set view = this.identifier ~ '__unit_' ~ invocation_id | replace('-', '') -%}
    {%- do run_statement('create or replace temporary view ' ~ view ~ ' as ' ~ get_empty_subquery_sql(sql)) -%}
    {%- set types, quoted, names = {}, {}, [] -%}
    {%- for row in run_query('describe ' ~ view).rows -%}
        {%- do types.update({row[0] | lower: row[1]}) -%}
        {%- do quoted.update({row[0] | lower: adapter.quote(row[0])}) -%}
    {%- endfor -%}
    {%- for name in tested -%}
        {%- do names.append(quoted[name | lower]) -%}
    {%- endfor -%}
    {%- if not expected_sql -%}
        {%- set expected_sql = get_expected_sql(expected_rows, types, quoted) -%}
    {%- endif -%}
    {%- call statement('main', fetch_result=True) -%}
        {{ get_unit_test_sql(sql, expected_sql, names) }}
    {%- endcall -%}
    {%- do run_statement('drop view if exists ' ~ view) -%}
    {{ return({'relations': []}) }}
{%- endmaterialization -%}
