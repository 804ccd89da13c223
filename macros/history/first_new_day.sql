{#
    first_new_day() -> date literal: the oldest ingest_date of the loads that are new to the model
    A load changes what was known from its ingest_date on, and never before. Without a new load: a day
    after all others. Only in an incremental run.
#}
{% macro first_new_day() -%}
    {%- set days = found_new_loads() | map(attribute=3) | list -%}
    date '{{ days | min if days else '9999-12-31' }}'
{%- endmacro %}
