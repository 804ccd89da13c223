{#
    decimal_text(x) -> text of a decimal(38,18), with all 18 decimals and no exponent
    Spark writes a small one with an exponent, zero too (`0E-18`).
#}
{% macro decimal_text(x) -%}
    {{ return(adapter.dispatch('decimal_text', 'lakehouse')(x)) }}
{%- endmacro %}

{% macro default__decimal_text(x) -%}
    {{ unknown_engine('decimal_text') }}
{%- endmacro %}

{% macro duckdb__decimal_text(x) -%}
    cast({{ x }} as {{ dbt.type_string() }})
{%- endmacro %}

{% macro athena__decimal_text(x) -%}
    cast({{ x }} as varchar)
{%- endmacro %}

{% macro glue__decimal_text(x) -%}
    format_number({{ x }}, '0.000000000000000000')
{%- endmacro %}
