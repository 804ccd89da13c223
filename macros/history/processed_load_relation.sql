{#
    processed_load_relation(schema) -> relation `processed_load` of a domain's schema
    One row per (model, entity, load, ingest_date) that an incremental table reflects, with the
    variables that shaped the table. Written by the hooks of incremental models, read by `new_loads`.
#}
{% macro processed_load_relation(schema) -%}
    {{ return(api.Relation.create(database=this.database if this is defined and this else target.database, schema=schema, identifier='processed_load', type='table')) }}
{%- endmacro %}
