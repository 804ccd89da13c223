-- Grain: one row per accepted row of the feed, with its place in the history of its cost record.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['load_id', 'source_file', 'source_row'],
) }}

{% set key = ['load_id', 'source_file', 'source_row'] %}
{% set content = [
    ['purchase_id', 'integer'],
    ['purchase_partition', 'integer'],
    ['order_transaction_cost_vat_value', 'decimal'],
    ['order_transaction_cost_installment_value', 'decimal'],
    ['order_transaction_cost_date', 'date'],
    ['transaction_datetime', 'timestamp'],
    ['transaction_date', 'date'],
] %}
{% set event_columns = key + ['ingest_date', 'recorded_at', 'record_key', 'flags']
    + content | map('first') | list %}
{% set columns = event_columns + ['row_status', 'known_from', 'known_to'] %}

with received as {{ not_materialized() }} (
    select *
    from {{ ref('int_commerce__order_transaction_cost_hist_received') }}
    where reason_code is null
),

{{ record_events('received', 'order_transaction_cost_hist') }},

{{ record_history('events', event_columns, content) }},

changes as (
    {{ merge_changes('history', 'stored', key, columns) }}
)

select * from changes
