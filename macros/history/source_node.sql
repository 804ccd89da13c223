{#
    source_node(source_name, table_name) -> the graph's node of a raw table; only while executing
    *Raises* if the sources YAML does not declare the table.
#}
{% macro source_node(source_name, table_name) -%}
    {%- set nodes = graph.sources.values()
        | selectattr('source_name', 'equalto', source_name)
        | selectattr('name', 'equalto', table_name) | list -%}
    {%- if not nodes -%}
        {{ exceptions.raise_compiler_error("No source '" ~ source_name ~ "." ~ table_name ~ "' is declared.") }}
    {%- endif -%}
    {{ return(nodes[0]) }}
{%- endmacro %}
