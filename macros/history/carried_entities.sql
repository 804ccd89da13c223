{#
    carried_entities(model_name) -> list of the entities whose loads reach an incremental model
    Follows `config.meta.reflects` up to the tables of received rows (`config.meta.received_entity`).
    *Raises* on a model that declares neither.
#}
{% macro carried_entities(model_name) -%}
    {%- set meta = model_node(model_name).config.meta -%}
    {%- if meta.get('received_entity') -%}
        {{ return([meta.received_entity]) }}
    {%- elif not meta.get('reflects') -%}
        {{ exceptions.raise_compiler_error("The incremental model '" ~ model_name ~ "' declares neither config.meta.reflects nor config.meta.received_entity, so its loads cannot be followed.") }}
    {%- endif -%}
    {%- set entities = [] -%}
    {%- for parent in meta.reflects -%}
        {%- for entity in carried_entities(parent) if entity not in entities -%}
            {%- do entities.append(entity) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(entities) }}
{%- endmacro %}
