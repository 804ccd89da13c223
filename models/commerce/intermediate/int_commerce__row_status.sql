-- Grain: one row per received row of the four feeds on closed days, with what became of it.
-- The only inner model that the quality domain reads.

with purchase_received as (
    select *
    from {{ ref('int_commerce__purchase_received') }}
    where reason_code is not null
),

purchase_history as (
    select * from {{ ref('int_commerce__purchase_history') }}
),

product_item_received as (
    select *
    from {{ ref('int_commerce__product_item_received') }}
    where reason_code is not null
),

product_item_history as (
    select * from {{ ref('int_commerce__product_item_history') }}
),

purchase_extra_info_received as (
    select *
    from {{ ref('int_commerce__purchase_extra_info_received') }}
    where reason_code is not null
),

purchase_extra_info_history as (
    select * from {{ ref('int_commerce__purchase_extra_info_history') }}
),

order_transaction_cost_hist_received as (
    select *
    from {{ ref('int_commerce__order_transaction_cost_hist_received') }}
    where reason_code is not null
),

order_transaction_cost_hist_history as (
    select * from {{ ref('int_commerce__order_transaction_cost_hist_history') }}
),

purchase_status as (
    select * from {{ ref('ref_commerce__purchase_status') }}
),

subsidiary as (
    select * from {{ ref('ref_commerce__subsidiary') }}
),

row_status as (
    select
        'purchase' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        'rejected' as row_status,
        reason_code,
        rejected_row,
        cast(null as {{ dbt.type_string() }}) as flags
    from purchase_received
    union all
    select
        'purchase' as entity,
        purchase_history.load_id,
        purchase_history.ingest_date,
        purchase_history.source_file,
        purchase_history.source_row,
        purchase_history.recorded_at,
        purchase_history.row_status,
        cast(null as {{ dbt.type_string() }}) as reason_code,
        cast(null as {{ dbt.type_string() }}) as rejected_row,
        case
            when
                purchase_history.purchase_status is not null
                and purchase_status.purchase_status is null
                then coalesce(purchase_history.flags || ',', '') || 'unknown_status'
            else purchase_history.flags
        end as flags
    from purchase_history
    left join purchase_status on purchase_history.purchase_status = purchase_status.purchase_status
    union all
    select
        'product_item' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        'rejected' as row_status,
        reason_code,
        rejected_row,
        cast(null as {{ dbt.type_string() }}) as flags
    from product_item_received
    union all
    select
        'product_item' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        row_status,
        cast(null as {{ dbt.type_string() }}) as reason_code,
        cast(null as {{ dbt.type_string() }}) as rejected_row,
        flags
    from product_item_history
    union all
    select
        'purchase_extra_info' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        'rejected' as row_status,
        reason_code,
        rejected_row,
        cast(null as {{ dbt.type_string() }}) as flags
    from purchase_extra_info_received
    union all
    select
        'purchase_extra_info' as entity,
        purchase_extra_info_history.load_id,
        purchase_extra_info_history.ingest_date,
        purchase_extra_info_history.source_file,
        purchase_extra_info_history.source_row,
        purchase_extra_info_history.recorded_at,
        purchase_extra_info_history.row_status,
        cast(null as {{ dbt.type_string() }}) as reason_code,
        cast(null as {{ dbt.type_string() }}) as rejected_row,
        case
            when
                purchase_extra_info_history.subsidiary is not null
                and subsidiary.subsidiary is null
                then coalesce(purchase_extra_info_history.flags || ',', '') || 'unknown_subsidiary'
            else purchase_extra_info_history.flags
        end as flags
    from purchase_extra_info_history
    left join subsidiary on purchase_extra_info_history.subsidiary = subsidiary.subsidiary
    union all
    select
        'order_transaction_cost_hist' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        'rejected' as row_status,
        reason_code,
        rejected_row,
        cast(null as {{ dbt.type_string() }}) as flags
    from order_transaction_cost_hist_received
    union all
    select
        'order_transaction_cost_hist' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        row_status,
        cast(null as {{ dbt.type_string() }}) as reason_code,
        cast(null as {{ dbt.type_string() }}) as rejected_row,
        flags
    from order_transaction_cost_hist_history
)

select * from row_status
