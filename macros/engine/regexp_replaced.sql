{#
    regexp_replaced(x, pattern, replacement) -> text with every match replaced
    No back-references: engines spell them differently.
#}
{% macro regexp_replaced(x, pattern, replacement) -%}
    {{ return(adapter.dispatch('regexp_replaced', 'lakehouse')(x, pattern, replacement)) }}
{%- endmacro %}

{% macro default__regexp_replaced(x, pattern, replacement) -%}
    {{ unknown_engine('regexp_replaced') }}
{%- endmacro %}

{% macro duckdb__regexp_replaced(x, pattern, replacement) -%}
    regexp_replace({{ x }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro athena__regexp_replaced(x, pattern, replacement) -%}
    regexp_replace({{ x }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{% macro glue__regexp_replaced(x, pattern, replacement) -%}
    regexp_replace({{ x }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}
