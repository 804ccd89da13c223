{#
    watched_columns(domain, entity) -> list of [column of the received table, is_category]
    From `config.meta.watch` of the raw table in the sources YAML: null_columns (the share of nulls is
    watched) and category_columns (their values too). Only while the project executes.
#}
{% macro watched_columns(domain, entity) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- set watch = source_node(domain, entity).config.meta.watch -%}
        {%- for name in watch.null_columns -%}
            {%- do columns.append([name, false]) -%}
        {%- endfor -%}
        {%- for name in watch.category_columns -%}
            {%- do columns.append([name, true]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
