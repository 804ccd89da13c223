-- Grain: one row per received row of the feed, typed. `reason_code` says why a row is rejected.
-- An item is keyed by its own id, or, in the event-row shape that has none, by its purchase ('p'
-- + id). value times quantity is held to decimal(18,2) here, whatever the value rule: Spark
-- would turn an overflow into null without a word.

{% set operation = declared_operation('commerce', 'product_item') %}
{% set of_states = "row_operation <> 'delete' and " if operation else '' %}

with raw_rows as (
    select * from {{ raw_rows('commerce', 'product_item', has_operations=true) }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('prod_item_id_text') }} as prod_item_id,
        {{ try_integer('prod_item_partition_text') }} as prod_item_partition,
        {{ try_integer('purchase_id_text') }} as purchase_id,
        {{ try_integer('product_id_text') }} as product_id,
        {{ try_integer('item_quantity_text') }} as item_quantity,
        {{ amount_text('purchase_value_text') }} as purchase_value_digits,
        {{ event_time('transaction_datetime_text', 'recorded_at_text', operation) }}
            as transaction_datetime,
        {{ try_date('transaction_date_text') }} as transaction_date
    from raw_rows
),

valued as (
    select
        *,
        try_cast(purchase_value_digits as decimal(18, 2)) as purchase_value
    from typed
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': [missing_conditions(['prod_item_id', 'purchase_id']) | join(' and ')],
            'unparsable_key': unreadable_conditions([
                'prod_item_id', 'prod_item_partition',
                'purchase_id', 'product_id',
            ]),
            'unparsable_timestamp': ['transaction_datetime is null'],
            'unparsable_number': unreadable_conditions(['item_quantity'])
                + ['item_quantity not between -2147483647 and 2147483647'],
            'unparsable_amount': unreadable_amount_conditions(['purchase_value']),
            'amount_out_of_range': amount_out_of_range_conditions(['purchase_value']) + [
                'abs(' ~ value_times_quantity() ~ ') >= 10000000000000000',
            ],
        }, of_deletions={
            'missing_key': [missing_conditions(['prod_item_id', 'purchase_id']) | join(' and ')],
            'unparsable_key': [
                any_unreadable(['prod_item_id']),
                'prod_item_id is not null and ' ~ any_unreadable(['prod_item_partition']),
                'prod_item_id is null and ' ~ any_unreadable(['purchase_id']),
            ],
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
        case
            when prod_item_id is not null
                then {{ commerce_key('prod_item_id', 'prod_item_partition') }}
            else 'p' || cast(purchase_id as {{ dbt.type_string() }})
        end as record_key,
        prod_item_id,
        prod_item_partition,
        purchase_id,
        product_id,
        item_quantity,
        purchase_value,
        transaction_datetime,
        transaction_date,
        {{ flag_list({
            'non_positive_amount': of_states ~ 'purchase_value <= 0',
            'non_positive_quantity': of_states ~ 'item_quantity <= 0',
            'transaction_date_differs': of_states ~ 'transaction_date <> cast(transaction_datetime as date)',
            'event_in_future': is_event_in_future('transaction_datetime', 'ingest_date'),
        }) }} as flags,
        case
            when reason_code is not null
                then {{ row_as_json([
                    'prod_item_id', 'prod_item_partition', 'purchase_id', 'product_id',
                    'item_quantity', 'purchase_value', 'transaction_datetime',
                    'transaction_date'
                ], operation=operation) }}
        end as rejected_row
    from reasoned
)

select * from staged
