{#
    character_of(n) -> text, the character of a code point of the basic plane
    n: SQL of a whole number; no surrogate. For a list that is known while compiling: `characters`.
#}
{% macro character_of(n) -%}
    {{ return(adapter.dispatch('character_of', 'lakehouse')(n)) }}
{%- endmacro %}

{% macro default__character_of(n) -%}
    {{ unknown_engine('character_of') }}
{%- endmacro %}

{% macro duckdb__character_of(n) -%}
    chr({{ n }})
{%- endmacro %}

{% macro athena__character_of(n) -%}
    chr({{ n }})
{%- endmacro %}

{% macro glue__character_of(n) -%}
    decode(unhex(lpad(hex({{ n }}), 4, '0')), 'UTF-16BE')
{%- endmacro %}
