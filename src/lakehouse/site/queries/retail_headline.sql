select
    sum(total_amount) as total_amount,
    sum(venda_count) as sale_count,
    max(case when is_melhor_mes then strptime(ano_mes, '%Y-%m')::date end) as best_month
from retail.rpt_retail__vendas_por_mes
having count(*) > 0
