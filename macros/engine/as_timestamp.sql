{#
    as_timestamp(x) -> timestamp with microseconds, without a zone
    x: SQL of a timestamp, or of a text that is one.
    Spark's plain `timestamp` is an instant in the session's zone, Trino's has milliseconds: never cast by hand.
#}
{% macro as_timestamp(x) -%}
    {{ return(adapter.dispatch('as_timestamp', 'lakehouse')(x)) }}
{%- endmacro %}

{% macro default__as_timestamp(x) -%}
    {{ unknown_engine('as_timestamp') }}
{%- endmacro %}

{% macro duckdb__as_timestamp(x) -%}
    cast({{ x }} as timestamp)
{%- endmacro %}

{% macro athena__as_timestamp(x) -%}
    cast({{ x }} as timestamp(6))
{%- endmacro %}

{% macro glue__as_timestamp(x) -%}
    cast({{ x }} as timestamp_ntz)
{%- endmacro %}
