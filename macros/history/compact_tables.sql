{#
    compact_tables()
    Run by hand or once a week: `lakehouse dbt run-operation compact_tables`, which holds the lease that keeps a
    build away on Athena and Glue. Makes the incremental tables, and the tables of notes, quick to read again; no row
    changes.
#}
{% macro compact_tables() -%}
    {%- do check_lease() -%}
    {%- set relations = [reflected_run_relation()] -%}
    {%- set schemas = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.config.materialized == 'incremental' -%}
        {%- do relations.append(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) -%}
        {%- if node.schema not in schemas -%}
            {%- do schemas.append(node.schema) -%}
            {%- do relations.append(api.Relation.create(database=node.database, schema=node.schema, identifier='reflected_load')) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for relation in relations if is_stored(relation) -%}
        {%- do compact_table(relation) -%}
        {%- do log(relation.schema ~ '.' ~ relation.identifier ~ ' is compact', info=true) -%}
    {%- endfor -%}
{%- endmacro %}
