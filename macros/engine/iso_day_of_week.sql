{#
    iso_day_of_week(day) -> integer, 1 = Monday to 7 = Sunday, of a date
#}
{% macro iso_day_of_week(day) -%}
    {{ return(adapter.dispatch('iso_day_of_week', 'lakehouse')(day)) }}
{%- endmacro %}

{% macro default__iso_day_of_week(day) -%}
    {{ unknown_engine('iso_day_of_week') }}
{%- endmacro %}

{% macro duckdb__iso_day_of_week(day) -%}
    cast(isodow({{ day }}) as integer)
{%- endmacro %}

{% macro athena__iso_day_of_week(day) -%}
    cast(day_of_week({{ day }}) as integer)
{%- endmacro %}

{% macro glue__iso_day_of_week(day) -%}
    cast(weekday({{ day }}) + 1 as integer)
{%- endmacro %}
