{#
    check_days()
    At the start of every run. *Raises* if the variable `run_date` or `as_of_date` is no ISO date, before
    anything is built.
#}
{% macro check_days() -%}
    {%- if execute -%}
        {%- do run_date() -%}
        {%- do is_known_day('ingest_date') -%}
    {%- endif -%}
{%- endmacro %}
