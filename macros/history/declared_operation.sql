{#
    declared_operation(source_name, table_name) -> mapping with `column` and lists of codes, or none
    How the feed says what was done to a row (`landing.operation` of the sources YAML, which landing checks);
    none where it does not say, while dbt parses, and in a unit test, which has no graph of sources: one that
    wants a declaration overrides this macro.
#}
{% macro declared_operation(source_name, table_name) -%}
    {{ return(source_node(source_name, table_name).config.meta.landing.get('operation') if execute and graph.sources is defined else none) }}
{%- endmacro %}
