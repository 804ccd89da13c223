{#
    period_start(day, period) -> date, the first day of the calendar period that a date lies in
    period: day, month, quarter or year. *Raises* on another.
#}
{% macro period_start(day, period) -%}
    {%- if period not in ['day', 'month', 'quarter', 'year'] -%}
        {{ exceptions.raise_compiler_error("Unknown period '" ~ period ~ "': day, month, quarter or year.") }}
    {%- endif -%}
    {%- if period == 'day' -%}
        {{ day }}
    {%- else -%}
        cast(date_trunc('{{ period }}', {{ day }}) as date)
    {%- endif -%}
{%- endmacro %}
