{#
    first_open_day() -> text, ISO date: rows with an earlier ingest_date may be published
    Published history holds closed days only (`ingest_date < run_date`), unless `closed_days_only` is
    false; `as_of_date` cuts knowledge after that day.
#}
{% macro first_open_day() -%}
    {%- set open_day = run_date() if var('closed_days_only', true) else '9999-12-31' -%}
    {%- set as_of = var('as_of_date', none) -%}
    {%- if as_of is not none -%}
        {%- set as_of = iso_date('as_of_date', as_of) -%}
        {%- set day_after = (modules.datetime.datetime.strptime(as_of, '%Y-%m-%d') + modules.datetime.timedelta(days=1)).strftime('%Y-%m-%d') -%}
        {%- set open_day = [open_day, day_after] | min -%}
    {%- endif -%}
    {{ return(open_day) }}
{%- endmacro %}
