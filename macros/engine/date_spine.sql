{#
    date_spine(first_day, last_day) -> select with the column calendar_date: every date from first_day to last_day
    Both are SQL of a date, first_day no later than last_day. Not `dbt.date_spine`, which runs a query
    while compiling.
#}
{% macro date_spine(first_day, last_day) -%}
    {{ return(adapter.dispatch('date_spine', 'lakehouse')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__date_spine(first_day, last_day) -%}
    {{ unknown_engine('date_spine') }}
{%- endmacro %}

{% macro duckdb__date_spine(first_day, last_day) -%}
    select cast(spine.instant as date) as calendar_date
    from unnest(generate_series({{ first_day }}, {{ last_day }}, interval '1' day)) as spine (instant)
{%- endmacro %}

{% macro athena__date_spine(first_day, last_day) -%}
    select spine.calendar_date
    from unnest(sequence({{ first_day }}, {{ last_day }})) as spine (calendar_date)
{%- endmacro %}

{% macro glue__date_spine(first_day, last_day) -%}
    select explode(sequence({{ first_day }}, {{ last_day }})) as calendar_date
{%- endmacro %}
