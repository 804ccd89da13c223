-- The best product of each producer; of many producers those with the most revenue in it.
select
    producer_id,
    posicao,
    product_id,
    revenue_amount
from commerce.rpt_commerce__top_products_by_producer
where posicao = 1
order by revenue_amount desc, producer_id asc
limit 50
