{#
    begin_run()
    At the start of every run that writes tables: notes in `reflected_run` that it has begun, so that what an
    earlier run was known by no longer holds. Numbers follow each other; a clock may go back.
#}
{% macro begin_run() -%}
    {%- if is_writing_run() -%}
        {%- set relation = reflected_run_relation() -%}
        {%- if not is_stored(relation) -%}
            {%- do adapter.create_schema(relation) -%}
            {%- do run_statement(create_note_table(relation, {
                'run_number': 'bigint', 'run_id': 'text', 'state': 'text', 'noted_at': 'text',
                'run_date': 'text', 'code': 'text', 'settings': 'text',
            })) -%}
        {%- endif -%}
        {%- do run_statement("
            insert into " ~ relation ~ " (run_number, run_id, state, noted_at, run_date, code, settings)
            select
                cast(coalesce(max(run_number), 0) + 1 as bigint),
                '" ~ env_var('LAKEHOUSE_RUN_ID', invocation_id) ~ "',
                'begun',
                '" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S') ~ "',
                '" ~ run_date() ~ "',
                '-',
                '-'
            from " ~ relation) -%}
    {%- endif -%}
{%- endmacro %}
