{#
    create_reflected_load_tables()
    Creates the table of reflected loads in every schema that holds incremental models and lacks it. Runs
    at the start of every invocation, because a model's hooks need it before the first model is built.
    *Raises* in a lake that a version without record tables built (it has `processed_load`), unless the
    run is a full refresh: its tables do not say which loads they hold in a form that this version reads.
#}
{% macro create_reflected_load_tables() -%}
    {%- if execute -%}
        {%- set missing = {} -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.config.materialized == 'incremental' and node.schema not in missing -%}
            {%- set relation = api.Relation.create(database=node.database, schema=node.schema, identifier='reflected_load') -%}
            {#- Asking the catalogue costs less than a statement, above all on Glue. -#}
            {%- do missing.update({node.schema: none if is_stored(relation) else relation}) -%}
        {%- endfor -%}
        {%- for schema, relation in missing.items() if relation is not none and not flags.FULL_REFRESH -%}
            {%- if is_stored(relation.incorporate(path={'identifier': 'processed_load'})) -%}
                {{ exceptions.raise_compiler_error("The tables of '" ~ schema ~ "' were built by a version of this project that stored received rows and their history apart. Nothing was changed. Build once with --full-refresh: the published rows stay the same.") }}
            {%- endif -%}
        {%- endfor -%}
        {%- for relation in missing.values() if relation is not none -%}
            {%- do adapter.create_schema(relation) -%}
            {%- do run_statement(create_note_table(relation, {'model_name': 'text', 'load_key': 'bigint', 'shaped_by': 'text'})) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
