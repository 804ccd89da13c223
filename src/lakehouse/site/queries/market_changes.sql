-- Shares that a session has and the one before had not, and shares that the next one has no more.
select
    indice,
    data_pregao,
    case when is_entrada then 'entrada' else 'saída' end as mudanca,
    ticker,
    ativo,
    setor,
    participacao_pct
from market.fct_market__carteira_diaria
where is_entrada or is_saida
order by data_pregao desc, indice asc, mudanca asc, participacao_pct desc, ticker asc
limit 500
