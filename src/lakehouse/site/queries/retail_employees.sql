-- By number: names of employees are personal.
select
    id_funcionario,
    sum(total_amount) as total_amount,
    sum(venda_count) as sale_count,
    max(strptime(ano_mes, '%Y-%m')::date) as newest_month
from retail.rpt_retail__vendas_por_funcionario_mes
group by id_funcionario
order by total_amount desc, id_funcionario asc
limit 200
