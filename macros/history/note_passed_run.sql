{#
    note_passed_run(run_id, code, settings)
    Called by `lakehouse build` after a run of the whole project has passed and its tables were looked at: the lake
    reflects this run. Not if another has begun since.
    code, settings: digests of the project's files, and of variables and places.
#}
{% macro note_passed_run(run_id, code, settings) -%}
    {%- set relation = reflected_run_relation() -%}
    {%- do run_statement("
        insert into " ~ relation ~ " (run_number, run_id, state, noted_at, run_date, code, settings)
        select
            begun.run_number,
            begun.run_id,
            'passed',
            begun.noted_at,
            begun.run_date,
            '" ~ code ~ "',
            '" ~ settings ~ "'
        from " ~ relation ~ " as begun
        where
            begun.run_id = '" ~ run_id ~ "'
            and begun.state = 'begun'
            and begun.run_number in (select max(newest.run_number) from " ~ relation ~ " as newest)") -%}
{%- endmacro %}
