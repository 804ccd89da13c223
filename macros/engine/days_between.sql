{#
    days_between(a, b) -> bigint, days from date a to date b, negative where b lies before a
#}
{% macro days_between(a, b) -%}
    {{ return(adapter.dispatch('days_between', 'lakehouse')(a, b)) }}
{%- endmacro %}

{% macro default__days_between(a, b) -%}
    {{ unknown_engine('days_between') }}
{%- endmacro %}

{% macro duckdb__days_between(a, b) -%}
    cast(date_diff('day', {{ a }}, {{ b }}) as bigint)
{%- endmacro %}

{% macro athena__days_between(a, b) -%}
    cast(date_diff('day', {{ a }}, {{ b }}) as bigint)
{%- endmacro %}

{% macro glue__days_between(a, b) -%}
    cast(datediff({{ b }}, {{ a }}) as bigint)
{%- endmacro %}
