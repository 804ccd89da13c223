{#
    is_writing_run() -> boolean, true while a command of dbt executes that writes tables of models
    A macro that is called by itself (`run-operation`) says so itself if it writes.
#}
{% macro is_writing_run() -%}
    {{ return(execute and flags.WHICH in ('build', 'run', 'seed', 'snapshot', 'clone', 'retry')) }}
{%- endmacro %}
