{#
    create_processed_load_tables()
    Creates the table of processed loads in every schema that holds incremental models and lacks it. Runs
    at the start of every invocation, because a model's hooks need it before the first model is built.
#}
{% macro create_processed_load_tables() -%}
    {%- if execute -%}
        {%- set schemas = [] -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.config.materialized == 'incremental' and node.schema not in schemas -%}
            {%- do schemas.append(node.schema) -%}
            {%- set relation = api.Relation.create(database=node.database, schema=node.schema, identifier='processed_load') -%}
            {#- Asking the catalogue costs less than a statement, above all on Glue. -#}
            {%- if not is_stored(relation) -%}
                {%- do adapter.create_schema(relation) -%}
                {%- do run_statement(create_processed_load_table(relation)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
