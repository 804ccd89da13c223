-- Grain: one row per gmv_date and subsidiary with at least one purchase in GMV, as known today.

with gmv_daily as (
    select * from {{ ref('fct_commerce__gmv_daily') }}
),

gmv_current as (
    select
        gmv_date,
        subsidiary,
        gmv_amount,
        purchase_count
    from gmv_daily
    where is_current and purchase_count > 0
)

select * from gmv_current
