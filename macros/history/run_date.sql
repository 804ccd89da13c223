{#
    run_date() -> text, ISO date
    The first day that is still open: the variable `run_date`, else the UTC day the run started.
    *Raises* if the variable is no ISO date.
#}
{% macro run_date() -%}
    {%- set given = var('run_date', none) -%}
    {{ return(iso_date('run_date', given if given is not none else run_started_at.strftime('%Y-%m-%d'))) }}
{%- endmacro %}
