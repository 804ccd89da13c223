-- Grain: one row per received row of the feed, typed. `reason_code` says why a row is rejected.
-- Known and checked like the other feeds: no mart depends on it.

{% set operation = declared_operation('commerce', 'order_transaction_cost_hist') %}
{% set of_states = "row_operation <> 'delete' and " if operation else '' %}

with raw_rows as (
    select * from {{ raw_rows('commerce', 'order_transaction_cost_hist', has_operations=true) }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('purchase_id_text') }} as purchase_id,
        {{ try_integer('purchase_partition_text') }} as purchase_partition,
        {{ amount_text('order_transaction_cost_vat_value_text') }}
            as order_transaction_cost_vat_value_digits,
        {{ amount_text('order_transaction_cost_installment_value_text') }}
            as order_transaction_cost_installment_value_digits,
        {{ try_date('order_transaction_cost_date_text') }} as order_transaction_cost_date,
        {{ event_time('transaction_datetime_text', 'recorded_at_text', operation) }}
            as transaction_datetime,
        {{ try_date('transaction_date_text') }} as transaction_date
    from raw_rows
),

valued as (
    select
        *,
        try_cast(order_transaction_cost_vat_value_digits as decimal(18, 2))
            as order_transaction_cost_vat_value,
        try_cast(order_transaction_cost_installment_value_digits as decimal(18, 2))
            as order_transaction_cost_installment_value
    from typed
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': missing_conditions(['purchase_id']),
            'unparsable_key': unreadable_conditions(['purchase_id', 'purchase_partition']),
            'unparsable_timestamp': ['transaction_datetime is null'],
            'unparsable_date': unreadable_conditions(['order_transaction_cost_date']),
            'unparsable_amount': unreadable_amount_conditions([
                'order_transaction_cost_vat_value',
                'order_transaction_cost_installment_value',
            ]),
            'amount_out_of_range': amount_out_of_range_conditions([
                'order_transaction_cost_vat_value',
                'order_transaction_cost_installment_value',
            ]),
        }, of_deletions={
            'missing_key': missing_conditions(['purchase_id']),
            'unparsable_key': unreadable_conditions(['purchase_id', 'purchase_partition']),
        } if operation else none) }} as reason_code
    from valued
),

staged as (
    select
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        reason_code,
        {{ 'row_operation,' if operation }}
        {{ commerce_key('purchase_id', 'purchase_partition') }} as record_key,
        purchase_id,
        purchase_partition,
        order_transaction_cost_vat_value,
        order_transaction_cost_installment_value,
        order_transaction_cost_date,
        transaction_datetime,
        transaction_date,
        {{ flag_list({
            'transaction_date_differs': of_states ~ 'transaction_date <> cast(transaction_datetime as date)',
            'event_in_future': is_event_in_future('transaction_datetime', 'ingest_date'),
        }) }} as flags,
        case
            when reason_code is not null
                then {{ row_as_json([
                    'purchase_id', 'purchase_partition',
                    'order_transaction_cost_vat_value',
                    'order_transaction_cost_installment_value',
                    'order_transaction_cost_date', 'transaction_datetime',
                    'transaction_date'
                ], operation=operation) }}
        end as rejected_row
    from reasoned
)

select * from staged
