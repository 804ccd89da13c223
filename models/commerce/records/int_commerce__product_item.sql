-- Grain: one row per received row of the feed, rejected ones included, with its place in the
-- history of its item record. An item that no row ties to a purchase, by its own purchase_id or
-- by a purchase's reference, waits: it becomes accepted by itself when the purchase comes, so new
-- purchases touch items too.

{% set key = ['load_key', 'source_row'] %}
{{ config(materialized='incremental', incremental_strategy='merge', unique_key=key) }}

{% set content = item_content() %}
{% set operation = declared_operation('commerce', 'product_item') %}
{% set columns = record_columns(content, ['row_operation'] if operation else []) %}
{% set state = record_state(is_ranked=true) %}

with purchase as {{ not_materialized() }} (
    select *
    from {{ ref('int_commerce__purchase') }}
    where reason_code is null and item_key is not null
),

{{ received_rows(
    'product_item',
    ref('stg_commerce__product_item'),
    ref('int_commerce__load'),
    columns,
    also_touched='select item_key from purchase where purchase.load_key in (select new_load.load_key from new_load)',
) }},

{{ record_history('received', columns, content, has_operations=operation is not none) }},

-- Joined, because Spark fails on `exists` in the list of columns above a union.
waiting_item as (
    select distinct record_key
    from event
    where
        not exists (
            select 1 from event as tie
            where tie.record_key = event.record_key and tie.purchase_id is not null
        )
        and not exists (
            select 1 from purchase
            where purchase.item_key = event.record_key
        )
),

item_record as (
    select
        {%- for column in columns + state if column != 'row_status' %}
        record.{{ column }},
        {%- endfor %}
        case
            when
                record.row_status not in ('repeated', 'rejected')
                and waiting_item.record_key is not null
                then 'waiting'
            else record.row_status
        end as row_status
    from record
    left join waiting_item on record.record_key = waiting_item.record_key
),

changes as (
    {{ merge_changes('item_record', 'stored', key, columns + state, compared=state) }}
)

select * from changes
