{#
    no_raw_rows(node) -> select without rows that has the columns of a raw table, as the sources YAML types them
    node: of the raw table.
#}
{% macro no_raw_rows(node) -%}
    select
        {%- for column in node.columns.values() %}
        cast(null as {{ dbt.type_string() if column.data_type == 'string' else column.data_type }}) as {{ column.name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
{%- endmacro %}
