{#
    minutes_before(t, minutes) -> timestamp with microseconds, so many minutes earlier
    t: timestamp without a zone; minutes: SQL of a whole number, negative for later.
#}
{% macro minutes_before(t, minutes) -%}
    {{ return(adapter.dispatch('minutes_before', 'lakehouse')(t, minutes)) }}
{%- endmacro %}

{% macro default__minutes_before(t, minutes) -%}
    {{ unknown_engine('minutes_before') }}
{%- endmacro %}

{% macro duckdb__minutes_before(t, minutes) -%}
    ({{ t }} - to_minutes({{ minutes }}))
{%- endmacro %}

{% macro athena__minutes_before(t, minutes) -%}
    date_add('minute', -({{ minutes }}), {{ t }})
{%- endmacro %}

{% macro glue__minutes_before(t, minutes) -%}
    ({{ t }} - make_dt_interval(0, 0, {{ minutes }}))
{%- endmacro %}
