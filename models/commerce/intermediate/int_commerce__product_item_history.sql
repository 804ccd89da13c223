-- Grain: one row per accepted row of the feed, with its place in the history of its item record.
-- An item that no row ties to a purchase, by its own purchase_id or by a purchase's reference,
-- waits: it becomes accepted by itself when the purchase comes, so new purchases touch items
-- too.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['load_id', 'source_file', 'source_row'],
) }}

{% set key = ['load_id', 'source_file', 'source_row'] %}
{% set content = item_content() %}
{% set event_columns = key + ['ingest_date', 'recorded_at', 'record_key', 'flags']
    + content | map('first') | list %}
{% set columns = event_columns + ['row_status', 'known_from', 'known_to'] %}

with received as {{ not_materialized() }} (
    select *
    from {{ ref('int_commerce__product_item_received') }}
    where reason_code is null
),

purchase_received as {{ not_materialized() }} (
    select *
    from {{ ref('int_commerce__purchase_received') }}
    where reason_code is null
),

{{ record_events(
    'received',
    'product_item',
    also_touched=(
        'select item_key from purchase_received where item_key is not null and '
        ~ in_new_load('purchase_received', 'purchase')
    ) if is_incremental() else none,
) }},

{{ record_history('events', event_columns, content) }},

-- Joined, because Spark fails on `exists` in the list of columns above a union.
waiting_item as (
    select distinct record_key
    from events
    where
        not exists (
            select 1 from events as tie
            where tie.record_key = events.record_key and tie.purchase_id is not null
        )
        and not exists (
            select 1 from purchase_received
            where purchase_received.item_key = events.record_key
        )
),

item_history as (
    select
        {%- for column in event_columns %}
        history.{{ column }},
        {%- endfor %}
        case
            when history.row_status <> 'repeated' and waiting_item.record_key is not null
                then 'waiting'
            else history.row_status
        end as row_status,
        history.known_from,
        history.known_to
    from history
    left join waiting_item on history.record_key = waiting_item.record_key
),

changes as (
    {{ merge_changes('item_history', 'stored', key, columns) }}
)

select * from changes
