{#
    glue__create_table_as(temporary, relation, sql) -> statement that makes a table from a select on Glue
    The adapter's own, once the CTEs that the select names several times are kept (`with_kept_ctes`).
#}
{% macro glue__create_table_as(temporary, relation, sql) -%}
    {{ return(dbt.glue__create_table_as(temporary, relation, with_kept_ctes(sql))) }}
{%- endmacro %}
