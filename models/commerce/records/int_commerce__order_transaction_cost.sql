-- Grain: one row per received row of the feed, rejected ones included, with its place in the
-- history of its cost record.

{% set key = ['load_key', 'source_row'] %}
{{ config(materialized='incremental', incremental_strategy='merge', unique_key=key) }}

{% set content = [
    ['purchase_id', 'integer'],
    ['purchase_partition', 'integer'],
    ['order_transaction_cost_vat_value', 'decimal'],
    ['order_transaction_cost_installment_value', 'decimal'],
    ['order_transaction_cost_date', 'date'],
    ['transaction_datetime', 'timestamp'],
    ['transaction_date', 'date'],
] %}
{% set operation = declared_operation('commerce', 'order_transaction_cost_hist') %}
{% set columns = record_columns(content, ['row_operation'] if operation else []) %}
{% set state = record_state(is_ranked=true) %}

with {{ received_rows(
    'order_transaction_cost_hist',
    ref('stg_commerce__order_transaction_cost_hist'),
    ref('int_commerce__load'),
    columns,
) }},

{{ record_history('received', columns, content, has_operations=operation is not none) }},

changes as (
    {{ merge_changes('record', 'stored', key, columns + state, compared=state) }}
)

select * from changes
