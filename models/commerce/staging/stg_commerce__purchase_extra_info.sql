-- Grain: one row per received row of the feed, typed. `reason_code` says why a row is rejected.

{% set operation = declared_operation('commerce', 'purchase_extra_info') %}
{% set of_states = "row_operation <> 'delete' and " if operation else '' %}

with raw_rows as (
    select * from {{ raw_rows('commerce', 'purchase_extra_info', has_operations=true) }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('purchase_id_text') }} as purchase_id,
        {{ try_integer('purchase_partition_text') }} as purchase_partition,
        {{ spelling_key('subsidiary_text') }} as subsidiary,
        {{ event_time('transaction_datetime_text', 'recorded_at_text', operation) }}
            as transaction_datetime,
        {{ try_date('transaction_date_text') }} as transaction_date
    from raw_rows
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': missing_conditions(['purchase_id']),
            'unparsable_key': unreadable_conditions(['purchase_id', 'purchase_partition']),
            'unparsable_timestamp': ['transaction_datetime is null'],
        }, of_deletions={
            'missing_key': missing_conditions(['purchase_id']),
            'unparsable_key': unreadable_conditions(['purchase_id', 'purchase_partition']),
        } if operation else none) }} as reason_code
    from typed
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
        subsidiary,
        transaction_datetime,
        transaction_date,
        {{ flag_list({
            'transaction_date_differs': of_states ~ 'transaction_date <> cast(transaction_datetime as date)',
            'event_in_future': is_event_in_future('transaction_datetime', 'ingest_date'),
        }) }} as flags,
        case
            when reason_code is not null
                then {{ row_as_json([
                    'purchase_id', 'purchase_partition', 'subsidiary',
                    'transaction_datetime', 'transaction_date'
                ], operation=operation) }}
        end as rejected_row
    from reasoned
)

select * from staged
