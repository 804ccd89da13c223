{#
    run_statement(sql)
    Runs a statement that answers no rows. `run_query` asks for rows, and dbt-glue has none to give for a
    statement without.
#}
{% macro run_statement(sql) -%}
    {%- call statement('run_statement', fetch_result=false, auto_begin=false) -%}
        {{ sql }}
    {%- endcall -%}
{%- endmacro %}
