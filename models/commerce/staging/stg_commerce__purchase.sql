-- Grain: one row per received row of the feed, typed. `reason_code` says why a row is rejected.

{% set operation = declared_operation('commerce', 'purchase') %}
{% set of_states = "row_operation <> 'delete' and " if operation else '' %}

with raw_rows as (
    select * from {{ raw_rows('commerce', 'purchase', has_operations=true) }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('purchase_id_text') }} as purchase_id,
        {{ try_integer('purchase_partition_text') }} as purchase_partition,
        {{ try_integer('buyer_id_text') }} as buyer_id,
        {{ try_integer('prod_item_id_text') }} as prod_item_id,
        {{ try_integer('prod_item_partition_text') }} as prod_item_partition,
        {{ try_integer('producer_id_text') }} as producer_id,
        {{ try_date('order_date_text') }} as order_date,
        {{ try_date('release_date_text') }} as release_date,
        {{ amount_text('purchase_total_value_text') }} as purchase_total_value_digits,
        {{ spelling_key('purchase_status_text', 'upper') }} as purchase_status,
        {{ event_time('transaction_datetime_text', 'recorded_at_text', operation) }}
            as transaction_datetime,
        {{ try_date('transaction_date_text') }} as transaction_date
    from raw_rows
),

valued as (
    select
        *,
        try_cast(purchase_total_value_digits as decimal(18, 2)) as purchase_total_value
    from typed
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': missing_conditions(['purchase_id']),
            'unparsable_key': unreadable_conditions([
                'purchase_id', 'purchase_partition', 'buyer_id',
                'prod_item_id', 'prod_item_partition', 'producer_id',
            ]),
            'unparsable_timestamp': ['transaction_datetime is null'],
            'unparsable_date': unreadable_conditions(['order_date', 'release_date']),
            'unparsable_amount': unreadable_amount_conditions(['purchase_total_value']),
            'amount_out_of_range': amount_out_of_range_conditions(['purchase_total_value']),
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
        case
            when prod_item_id is not null
                then {{ commerce_key('prod_item_id', 'prod_item_partition') }}
        end as item_key,
        purchase_id,
        purchase_partition,
        buyer_id,
        prod_item_id,
        prod_item_partition,
        producer_id,
        order_date,
        release_date,
        purchase_total_value,
        purchase_status,
        transaction_datetime,
        transaction_date,
        {{ flag_list({
            'non_positive_amount': of_states ~ 'purchase_total_value <= 0',
            'transaction_date_differs': of_states ~ 'transaction_date <> cast(transaction_datetime as date)',
            'order_after_release': of_states ~ 'order_date > release_date',
            'event_in_future': is_event_in_future('transaction_datetime', 'ingest_date'),
        }) }} as flags,
        case
            when reason_code is not null
                then {{ row_as_json([
                    'purchase_id', 'purchase_partition', 'buyer_id', 'prod_item_id',
                    'prod_item_partition', 'producer_id', 'order_date', 'release_date',
                    'purchase_total_value', 'purchase_status', 'transaction_datetime',
                    'transaction_date'
                ], masked=['buyer_id'], operation=operation) }}
        end as rejected_row
    from reasoned
)

select * from staged
