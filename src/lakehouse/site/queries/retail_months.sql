select
    strptime(ano_mes, '%Y-%m')::date as sale_month,
    total_amount,
    venda_count,
    media_venda,
    variacao_ratio
from retail.rpt_retail__vendas_por_mes
order by sale_month desc
