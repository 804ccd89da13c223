{#
    source_node(source_name, table_name) -> the graph's node of a raw table; only while executing
    *Raises* if the sources YAML does not declare the table.
#}
{% macro source_node(source_name, table_name) -%}
    {%- set node = graph.sources.get('source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name) -%}
    {%- if node is none -%}
        {{ exceptions.raise_compiler_error("No source '" ~ source_name ~ "." ~ table_name ~ "' is declared.") }}
    {%- endif -%}
    {{ return(node) }}
{%- endmacro %}
