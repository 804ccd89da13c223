-- Grain: one row per received row of the file, rejected ones included, with its place in the
-- history of its grade. Spellings with one key are one content: the text as it came is kept
-- beside it, deciding nothing.

{% set key = ['load_key', 'source_row'] %}
{{ config(materialized='incremental', incremental_strategy='merge', unique_key=key) }}

{% set content = [
    ['aluno_id', 'integer'],
    ['disciplina_key', 'text'],
    ['nota', 'decimal'],
] %}
{% set columns = record_columns(content, ['extract_scope', 'is_full_extract', 'disciplina']) %}
{% set state = record_state() %}

with {{ received_rows(
    'nota',
    ref('stg_education__nota'),
    ref('int_education__load'),
    columns,
    has_full_extracts=true,
) }},

{{ extract_history('received', 'delivered', columns, content) }},

changes as (
    {{ merge_changes('record', 'stored', key, columns + state, compared=state) }}
)

select * from changes
