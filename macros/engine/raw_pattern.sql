{#
    raw_pattern(node) -> pattern of the raw files of an entity, as a text of SQL that `glob` takes
    node: of the raw table. DuckDB only: elsewhere the catalogue knows the files. The first text of what the
    sources YAML declares, looked for before the place of the raw zone is put in, which may have a quote.
#}
{% macro raw_pattern(node) -%}
    {%- set declared = node.source_meta.external_location | replace('{name}', node.name) -%}
    '{{ raw_location(declared.split("'")[1]) }}'
{%- endmacro %}
