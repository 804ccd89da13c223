-- Grain: one row per producer, the 50 with the highest revenue in the year `report_year` of the
-- GMV date. Revenue is the value of purchases in GMV, in their current state: the smaller id
-- wins a tie.

with purchase as (
    select * from {{ ref('fct_commerce__purchase') }}
),

producer_revenue as (
    select
        producer_id,
        sum(gmv_amount) as revenue_amount
    from purchase
    where
        gmv_amount is not null
        and producer_id is not null
        and year(gmv_date) = {{ var('report_year') | int }}
    group by producer_id
),

ranked as (
    select
        row_number() over (order by revenue_amount desc, producer_id asc) as posicao,
        producer_id,
        revenue_amount
    from producer_revenue
),

top_producers as (
    select
        cast(posicao as bigint) as posicao,
        producer_id,
        cast(revenue_amount as decimal(18, 2)) as revenue_amount
    from ranked
    where posicao <= 50
)

select * from top_producers
