{#
    unit_glue -> the materialization of unit tests on Glue
    The one of dbt asks for the rows of a `create`, and dbt-glue has none to give. Spark tells the types of a
    query without a table or a view: each would be a statement more of the session, and the query planned
    once more.
#}
{%- materialization unit, adapter='glue' -%}
    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set expected_sql = config.get('expected_sql') -%}
    {%- set tested = expected_rows[0].keys() if (expected_rows | length) > 0 else get_columns_in_query(sql) -%}
    {%- set types, quoted, names = {}, {}, [] -%}
    {%- for row in run_query('describe query ' ~ sql).rows -%}
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
    {{ return({'relations': []}) }}
{%- endmaterialization -%}
