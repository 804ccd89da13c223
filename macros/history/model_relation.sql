{#
    model_relation(model_name) -> relation of a model of this project, for look-ups while a model compiles
    dbt learns nothing of it: a model that reads the rows says `ref` besides.
#}
{% macro model_relation(model_name) -%}
    {%- set node = model_node(model_name) -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='table')) }}
{%- endmacro %}
