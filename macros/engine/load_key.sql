{#
    load_key(entity, load_id, ingest_date, source_file) -> bigint: the number of a load of one file
    The first 15 hex digits of the md5 of the four texts joined by chr(31), the same on every engine. It
    names a load in a few bytes per row and never orders. The load table tests that no two share one.
#}
{% macro load_key(entity, load_id, ingest_date, source_file) -%}
    {{ return(adapter.dispatch('load_key', 'lakehouse')([entity, load_id, ingest_date, source_file] | join(' || chr(31) || '))) }}
{%- endmacro %}

{% macro default__load_key(text) -%}
    {{ unknown_engine('load_key') }}
{%- endmacro %}

{% macro duckdb__load_key(text) -%}
    cast('0x' || substr(md5({{ text }}), 1, 15) as bigint)
{%- endmacro %}

{% macro athena__load_key(text) -%}
    from_base(substr(lower(to_hex(md5(to_utf8({{ text }})))), 1, 15), 16)
{%- endmacro %}

{% macro glue__load_key(text) -%}
    cast(conv(substr(md5({{ text }}), 1, 15), 16, 10) as bigint)
{%- endmacro %}
