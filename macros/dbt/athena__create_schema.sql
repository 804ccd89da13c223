{#
    athena__create_schema(relation)
    Makes the database of a schema where it is missing. dbt-athena's own would leave the look to the
    statement, for which Athena asks the permission to make databases also where there is nothing to make.
#}
{% macro athena__create_schema(relation) -%}
    {%- if not adapter.check_schema_exists(relation.database, relation.schema) -%}
        {%- do run_statement('create schema if not exists ' ~ relation.without_identifier().render_hive()) -%}
    {%- endif -%}
{%- endmacro %}
