{#
    carried_entities(model_name) -> dict entity -> domain: whose loads reach an incremental model
    Follows `config.meta.reflects` up to the record tables (`config.meta.entity`).
    *Raises* on a model that declares neither.
#}
{% macro carried_entities(model_name) -%}
    {%- set node = model_node(model_name) -%}
    {%- set meta = node.config.meta -%}
    {%- set entities = {} -%}
    {%- if meta.get('entity') -%}
        {%- do entities.update({meta.entity: node.fqn[1]}) -%}
    {%- elif not meta.get('reflects') -%}
        {{ exceptions.raise_compiler_error("The incremental model '" ~ model_name ~ "' declares neither config.meta.reflects nor config.meta.entity, so its loads cannot be followed.") }}
    {%- endif -%}
    {%- for parent in meta.get('reflects', []) -%}
        {%- do entities.update(carried_entities(parent)) -%}
    {%- endfor -%}
    {{ return(entities) }}
{%- endmacro %}
