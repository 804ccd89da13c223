-- Grain: one row per producer and product, the 2 products with the highest revenue of each
-- producer over all years. Revenue as in rpt_commerce__top_producers: the smaller product id
-- wins a tie.

with purchase as (
    select * from {{ ref('fct_commerce__purchase') }}
),

product_revenue as (
    select
        producer_id,
        product_id,
        sum(gmv_amount) as revenue_amount
    from purchase
    where gmv_amount is not null and producer_id is not null and product_id is not null
    group by producer_id, product_id
),

ranked as (
    select
        producer_id,
        row_number() over (
            partition by producer_id order by revenue_amount desc, product_id asc
        ) as posicao,
        product_id,
        revenue_amount
    from product_revenue
),

top_products as (
    select
        producer_id,
        cast(posicao as bigint) as posicao,
        product_id,
        cast(revenue_amount as decimal(18, 2)) as revenue_amount
    from ranked
    where posicao <= 2
)

select * from top_products
