-- Grain: one row per received row of the feed, rejected ones included, with its place in the
-- history of its extra info record.

{% set key = ['load_key', 'source_row'] %}
{{ config(materialized='incremental', incremental_strategy='merge', unique_key=key) }}

{% set content = [
    ['purchase_id', 'integer'],
    ['purchase_partition', 'integer'],
    ['subsidiary', 'text'],
    ['transaction_datetime', 'timestamp'],
    ['transaction_date', 'date'],
] %}
{% set operation = declared_operation('commerce', 'purchase_extra_info') %}
{% set columns = record_columns(content, ['row_operation'] if operation else []) %}
{% set state = record_state(is_ranked=true) %}

with {{ received_rows(
    'purchase_extra_info',
    ref('stg_commerce__purchase_extra_info'),
    ref('int_commerce__load'),
    columns,
) }},

{{ record_history('received', columns, content, has_operations=operation is not none) }},

changes as (
    {{ merge_changes('record', 'stored', key, columns + state, compared=state) }}
)

select * from changes
