{#
    timestamp_or_null(x) -> timestamp with microseconds, null where the text is none
    Engines accept different texts: check the shape first (see `try_timestamp`).
#}
{% macro timestamp_or_null(x) -%}
    {{ return(adapter.dispatch('timestamp_or_null', 'lakehouse')(x)) }}
{%- endmacro %}

{% macro default__timestamp_or_null(x) -%}
    {{ unknown_engine('timestamp_or_null') }}
{%- endmacro %}

{% macro duckdb__timestamp_or_null(x) -%}
    try_cast({{ x }} as timestamp)
{%- endmacro %}

{% macro athena__timestamp_or_null(x) -%}
    try_cast({{ x }} as timestamp(6))
{%- endmacro %}

{% macro glue__timestamp_or_null(x) -%}
    try_cast({{ x }} as timestamp_ntz)
{%- endmacro %}
