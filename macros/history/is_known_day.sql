{#
    is_known_day(day) -> condition: rows of that day exist for this run
    day: SQL of an ISO date as text. True for every day, unless the variable `as_of_date` cuts knowledge at
    the end of one. The day that is still open counts like any other; `run_date` cuts nothing.
    *Raises* if `as_of_date` is no ISO date.
#}
{% macro is_known_day(day) -%}
    {%- set as_of = var('as_of_date', none) -%}
    {%- if as_of is none -%}
    1 = 1
    {%- else -%}
    {{ day }} <= '{{ iso_date('as_of_date', as_of) }}'
    {%- endif -%}
{%- endmacro %}
