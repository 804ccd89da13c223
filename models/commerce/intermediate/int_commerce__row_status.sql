-- Grain: one row per received row of the four feeds, with what became of it: what its record
-- says, and what a list says besides. Looked up here and not in the record, so that a list may
-- grow without a rebuild.

with load as (
    select * from {{ ref('int_commerce__load') }}
),

listed_status as (
    select purchase_status from {{ ref('ref_commerce__purchase_status') }}
),

listed_subsidiary as (
    select subsidiary from {{ ref('ref_commerce__subsidiary') }}
),

row_status as (
    select
        {{ row_status_columns({
            'unknown_status':
                'record.purchase_status is not null and listed_status.purchase_status is null',
        }) }}
    from {{ ref('int_commerce__purchase') }} as record
    inner join load on record.load_key = load.load_key
    left join listed_status on record.purchase_status = listed_status.purchase_status
    union all
    select
        {{ row_status_columns() }}
    from {{ ref('int_commerce__product_item') }} as record
    inner join load on record.load_key = load.load_key
    union all
    select
        {{ row_status_columns({
            'unknown_subsidiary':
                'record.subsidiary is not null and listed_subsidiary.subsidiary is null',
        }) }}
    from {{ ref('int_commerce__purchase_extra_info') }} as record
    inner join load on record.load_key = load.load_key
    left join listed_subsidiary on record.subsidiary = listed_subsidiary.subsidiary
    union all
    select
        {{ row_status_columns() }}
    from {{ ref('int_commerce__order_transaction_cost') }} as record
    inner join load on record.load_key = load.load_key
)

select * from row_status
