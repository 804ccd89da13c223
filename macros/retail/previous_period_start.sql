{#
    previous_period_start(start, period) -> date, the first day of the calendar period before
    start: SQL of the first day of a period; period: day, month, quarter or year. *Raises* on another.
#}
{% macro previous_period_start(start, period) -%}
    {%- set lengths = {
        'day': "interval '1' day", 'month': "interval '1' month",
        'quarter': "interval '3' month", 'year': "interval '12' month"
    } -%}
    {%- if period not in lengths -%}
        {{ exceptions.raise_compiler_error("Unknown period '" ~ period ~ "': day, month, quarter or year.") }}
    {%- endif -%}
    cast({{ start }} - {{ lengths[period] }} as date)
{%- endmacro %}
