{#
    glue__create_temporary_view(relation, sql) -> statement that names the rows of an increment on Glue
    The adapter's own, once the CTEs that the select names several times are kept (`with_kept_ctes`).
#}
{% macro glue__create_temporary_view(relation, sql) -%}
    {{ return(dbt.glue__create_temporary_view(relation, with_kept_ctes(sql))) }}
{%- endmacro %}
