-- Grain: one row per accepted row of the file, with its place in the history of its grade.
-- Spellings with one key are one content: the text as it came is kept beside it, deciding nothing.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['load_id', 'source_file', 'source_row'],
) }}

{% set key = ['load_id', 'source_file', 'source_row'] %}
{% set content = [
    ['aluno_id', 'integer'],
    ['disciplina_key', 'text'],
    ['nota', 'decimal'],
] %}
{% set event_columns = key + ['ingest_date', 'recorded_at', 'record_key', 'flags']
    + content | map('first') | list + ['disciplina'] %}
{% set columns = event_columns + ['row_status', 'known_from', 'known_to'] %}

with received as {{ not_materialized() }} (
    select * from {{ ref('int_education__nota_received') }}
),

{{ record_events('received', 'nota', has_full_extracts=true) }},

{{ extract_history('received', 'events', event_columns, content) }},

changes as (
    {{ merge_changes('history', 'stored', key, columns) }}
)

select * from changes
