{#
    safe_create_table_as(temporary, relation, compiled_code, language, force_batch) -> what dbt-athena answers
    Makes a table from a select on Athena: the adapter's own, once the CTEs that the select names several
    times are kept (`with_kept_ctes`).
#}
{% macro safe_create_table_as(temporary, relation, compiled_code, language='sql', force_batch=False) -%}
    {{ return(dbt.safe_create_table_as(temporary, relation, with_kept_ctes(compiled_code), language, force_batch)) }}
{%- endmacro %}
