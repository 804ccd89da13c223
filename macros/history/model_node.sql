{#
    model_node(model_name) -> the graph's node of a model of this project; only while executing
    *Raises* if there is none of that name.
#}
{% macro model_node(model_name) -%}
    {#- By its id: walking the graph would serialise every node of the project at each call. -#}
    {%- set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ model_name) -%}
    {%- if node is none -%}
        {{ exceptions.raise_compiler_error("config.meta.reflects names '" ~ model_name ~ "', which is no model of this project.") }}
    {%- endif -%}
    {{ return(node) }}
{%- endmacro %}
