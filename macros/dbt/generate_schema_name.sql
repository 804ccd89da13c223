{#
    generate_schema_name(custom_schema_name, node) -> text
    One schema per domain: `<domain>` in a DuckDB file, `<prefix>_<domain>` in the shared Glue
    catalogue, where `prefix` is the profile's schema and keeps environments apart. There the variable
    LAKEHOUSE_DATABASE_<DOMAIN> gives a domain another database, such as `default` to market.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name is none -%} {{ target.schema }}
    {%- elif target.type == 'duckdb' -%} {{ custom_schema_name | trim }}
    {%- else -%} {{ env_var('LAKEHOUSE_DATABASE_' ~ custom_schema_name | trim | upper, target.schema ~ '_' ~ custom_schema_name | trim) }}
    {%- endif -%}
{%- endmacro %}
