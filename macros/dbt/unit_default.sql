{#
    unit_default -> the materialization of unit tests
    dbt's own makes an empty table to learn the types of the tested query, and drops it. Here the engine
    tells them (`query_types`): a table is a statement or two more, which takes longer than the test itself.
#}
{%- materialization unit, default -%}
    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set expected_sql = config.get('expected_sql') -%}
    {%- set types, quoted, names = {}, {}, [] -%}
    {%- for column in query_types(sql) -%}
        {%- do types.update({column[0] | lower: column[1]}) -%}
        {%- do quoted.update({column[0] | lower: adapter.quote(column[0])}) -%}
    {%- endfor -%}
    {%- for name in (expected_rows[0] if expected_rows else types) -%}
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
