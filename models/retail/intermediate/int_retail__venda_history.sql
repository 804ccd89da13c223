-- Grain: one row per accepted row of the entity venda, with its place in the history of its sale.
-- Ordered by load, never by a date of the business: the source has no change time, and what it
-- said last counts.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['load_id', 'source_file', 'source_row'],
) }}

{% set key = ['load_id', 'source_file', 'source_row'] %}
{% set content = [
    ['id_venda', 'integer'],
    ['id_funcionario', 'integer'],
    ['id_categoria', 'integer'],
    ['data_venda', 'date'],
    ['venda', 'decimal'],
] %}
{% set event_columns = key + ['ingest_date', 'recorded_at', 'record_key', 'flags']
    + content | map('first') | list %}
{% set columns = event_columns + ['row_status', 'known_from', 'known_to'] %}

with received as {{ not_materialized() }} (
    select * from {{ ref('int_retail__venda_received') }}
),

{{ record_events('received', 'venda', has_full_extracts=true) }},

{{ extract_history('received', 'events', event_columns, content) }},

changes as (
    {{ merge_changes('history', 'stored', key, columns) }}
)

select * from changes
