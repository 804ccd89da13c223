{#
    tell_gates(results)
    At the end of a run, before it is noted which loads are reflected: says of each gate that fails or warns which
    load it is about, how many rows and why, one line each that `lakehouse build` reads
    (`gate <test> <table> <fails or warns>: <sentence>`), and how to let it pass. Of the warnings the ten newest, and
    how many more there are. A gate that has nothing to tell costs no statement.
#}
{% macro tell_gates(results) -%}
    {%- if execute -%}
        {%- set warnings = [] -%}
        {%- set failed = [] -%}
        {%- for result in results
            if result.status | string in ('fail', 'warn') and result.node.resource_type | string == 'test'
            and result.node.test_metadata and result.node.test_metadata.name in ('rejected_share', 'ended_share') -%}
            {%- set test = result.node.test_metadata.name -%}
            {%- set table = result.node.attached_node.split('.')[-1] -%}
            {%- for row in run_query('select * from (' ~ result.node.compiled_code ~ ') as gate').rows -%}
                {%- set sentence = gate_sentence(test, row) -%}
                {%- if test == 'ended_share' or row['severity'] | int == 2 -%}
                    {%- do log('gate ' ~ test ~ ' ' ~ table ~ ' fails: ' ~ sentence, info=true) -%}
                    {%- do failed.append(row['load_id']) -%}
                {%- else -%}
                    {%- do warnings.append([row['load_id'], test ~ ' ' ~ table ~ ' warns: ' ~ sentence]) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if failed -%}
            {%- do log("to let pass what fails: lakehouse accept " ~ failed | unique | join(' ') ~ " --why 'who, and why'", info=true) -%}
        {%- endif -%}
        {%- for load_id, said in (warnings | sort(reverse=true))[:10] -%}
            {%- do log('gate ' ~ said, info=true) -%}
        {%- endfor -%}
        {%- if warnings | length > 10 -%}
            {%- do log('gate rejected_share all warns: ' ~ (warnings | length - 10) ~ ' older loads have rejected rows too', info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
