-- Grain: one row per received row of the feed, rejected ones included, with its place in the
-- history of its purchase record.

{% set key = ['load_key', 'source_row'] %}
{{ config(materialized='incremental', incremental_strategy='merge', unique_key=key) }}

{% set content = [
    ['purchase_id', 'integer'],
    ['purchase_partition', 'integer'],
    ['buyer_id', 'integer'],
    ['prod_item_id', 'integer'],
    ['prod_item_partition', 'integer'],
    ['producer_id', 'integer'],
    ['order_date', 'date'],
    ['release_date', 'date'],
    ['purchase_total_value', 'decimal'],
    ['purchase_status', 'text'],
    ['transaction_datetime', 'timestamp'],
    ['transaction_date', 'date'],
] %}
{% set operation = declared_operation('commerce', 'purchase') %}
{% set columns = record_columns(content, ['item_key'] + (['row_operation'] if operation else [])) %}
{% set state = record_state(is_ranked=true) %}

with {{ received_rows(
    'purchase',
    ref('stg_commerce__purchase'),
    ref('int_commerce__load'),
    columns,
) }},

{{ record_history('received', columns, content, has_operations=operation is not none) }},

changes as (
    {{ merge_changes('record', 'stored', key, columns + state, compared=state) }}
)

select * from changes
