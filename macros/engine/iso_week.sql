{#
    iso_week(day) -> integer, 1 to 53: the ISO week a date lies in
#}
{% macro iso_week(day) -%}
    {{ return(adapter.dispatch('iso_week', 'lakehouse')(day)) }}
{%- endmacro %}

{% macro default__iso_week(day) -%}
    {{ unknown_engine('iso_week') }}
{%- endmacro %}

{% macro duckdb__iso_week(day) -%}
    cast(week({{ day }}) as integer)
{%- endmacro %}

{% macro athena__iso_week(day) -%}
    cast(week({{ day }}) as integer)
{%- endmacro %}

{% macro glue__iso_week(day) -%}
    cast(weekofyear({{ day }}) as integer)
{%- endmacro %}
