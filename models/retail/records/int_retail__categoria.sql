-- Grain: one row per received row of the entity categoria, rejected ones included, with its place
-- in the history of its category. Ordered by load, never by a date of the business: the source
-- has no change time, and what it said last counts.

{% set key = ['load_key', 'source_row'] %}
{{ config(materialized='incremental', incremental_strategy='merge', unique_key=key) }}

{% set content = [
    ['id_categoria', 'integer'],
    ['nome_categoria', 'text'],
] %}
{% set columns = record_columns(content, ['extract_scope', 'is_full_extract']) %}
{% set state = record_state() %}

with {{ received_rows(
    'categoria',
    ref('stg_retail__categoria'),
    ref('int_retail__load'),
    columns,
    has_full_extracts=true,
) }},

{{ extract_history('received', 'delivered', columns, content) }},

changes as (
    {{ merge_changes('record', 'stored', key, columns + state, compared=state) }}
)

select * from changes
