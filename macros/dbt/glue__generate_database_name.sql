{#
    glue__generate_database_name(custom_database_name, node) -> text
    dbt-glue reads the catalogue schema by schema under the name of the database: with any other
    database than the node's schema `dbt docs generate` writes an empty catalogue.
#}
{% macro glue__generate_database_name(custom_database_name=none, node=none) -%}
    {{ generate_schema_name(node.config.get('schema') if node is not none else none, node) | trim }}
{%- endmacro %}
