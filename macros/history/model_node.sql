{#
    model_node(model_name) -> the graph's node of a model of this project; only while executing
    *Raises* if there is none of that name.
#}
{% macro model_node(model_name) -%}
    {%- set nodes = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('name', 'equalto', model_name) | list -%}
    {%- if not nodes -%}
        {{ exceptions.raise_compiler_error("config.meta.reflects names '" ~ model_name ~ "', which is no model of this project.") }}
    {%- endif -%}
    {{ return(nodes[0]) }}
{%- endmacro %}
