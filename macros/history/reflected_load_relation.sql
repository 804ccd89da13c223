{#
    reflected_load_relation(schema) -> relation `reflected_load` of a domain's schema
    One row per model and load that an incremental table reflects, with the variables that shaped the
    table. Written at the end of a run (`record_reflected_loads`), read by `new_loads`.
#}
{% macro reflected_load_relation(schema) -%}
    {{ return(api.Relation.create(database=this.database if this is defined and this else target.database, schema=schema, identifier='reflected_load', type='table')) }}
{%- endmacro %}
