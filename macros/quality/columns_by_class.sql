{#
    columns_by_class(columns) -> dictionary of class to names of columns, in their order
    columns: name to column, as a node of the manifest holds them.
    *Raises* where a column has no class: it would be tagged as nothing.
#}
{% macro columns_by_class(columns) -%}
    {%- set by_class = {} -%}
    {%- for name, column in columns.items() -%}
        {%- set class = column.get('config', {}).get('meta', {}).get('class') -%}
        {%- if not class -%}
            {{ exceptions.raise_compiler_error("Column '" ~ name ~ "' has no config.meta.class: add one, such as internal.") }}
        {%- endif -%}
        {%- do by_class.setdefault(class, []).append(name) -%}
    {%- endfor -%}
    {{ return(by_class) }}
{%- endmacro %}
