{#
    check_run()
    At the start of every run. *Raises* if the variable `run_date` or `as_of_date` is no ISO date, or if the run
    writes tables without the lease that Athena and Glue ask for (`check_lease`), before anything is built.
#}
{% macro check_run() -%}
    {%- if execute -%}
        {%- do run_date() -%}
        {%- do is_known_day('ingest_date') -%}
        {%- if is_writing_run() -%}{%- do check_lease() -%}{%- endif -%}
    {%- endif -%}
{%- endmacro %}
