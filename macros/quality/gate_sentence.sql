{#
    gate_sentence(test, row) -> text: what a row of `rejected_loads` or `ended_extracts` says
    test: `rejected_share` or `ended_share`; row: by the names of its columns.
#}
{% macro gate_sentence(test, row) -%}
    {%- set load = 'load ' ~ row['load_id'] ~ ' of ' ~ row['entity'] ~ ', ' ~ row['ingest_date'] -%}
    {%- if test == 'ended_share' -%}
        {%- set scope = '' if row['extract_scope'] == 'all' else ' of ' ~ row['extract_scope'] -%}
        {{ return(load ~ ': it is all there is' ~ scope ~ ' and would end ' ~ row['ended_count'] ~ ' of ' ~ row['held_count'] ~ ' records') }}
    {%- endif -%}
    {%- set said = load ~ ': ' ~ row['rejected_count'] ~ ' of ' ~ row['row_count'] ~ ' rows are rejected' -%}
    {%- set said = said ~ (' (' ~ row['reasons'] ~ ')' if row['reasons'] else '') -%}
    {%- if row['severity'] | int == 2 and row['day_row_count'] != row['row_count'] -%}
        {%- set said = said ~ '; with the loads of its day before it ' ~ row['day_rejected_count'] ~ ' of ' ~ row['day_row_count'] -%}
    {%- endif -%}
    {{ return(said) }}
{%- endmacro %}
