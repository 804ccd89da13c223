-- The seven categories that sold most, and all others together.
with place as (
    select
        id_categoria,
        row_number() over (order by sum(total_amount) desc, id_categoria asc) as posicao
    from retail.rpt_retail__vendas_por_categoria_mes
    group by id_categoria
)

select
    strptime(por_mes.ano_mes, '%Y-%m')::date as sale_month,
    case
        when place.posicao <= 7 then coalesce(por_mes.nome_categoria, por_mes.id_categoria::varchar)
        else '…'
    end as category,
    sum(por_mes.total_amount) as total_amount,
    sum(por_mes.venda_count) as sale_count
from retail.rpt_retail__vendas_por_categoria_mes as por_mes
inner join place on por_mes.id_categoria = place.id_categoria
group by all
order by sale_month desc, total_amount desc, category asc
