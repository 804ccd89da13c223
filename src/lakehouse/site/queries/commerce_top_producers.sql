select
    posicao,
    producer_id,
    revenue_amount
from commerce.rpt_commerce__top_producers
order by posicao
