-- Sectors of the newest session of each index that was delivered with sectors.
select
    indice,
    setor,
    data_pregao,
    acoes_count,
    participacao_total_pct
from market.rpt_market__resumo_por_setor
qualify data_pregao = max(data_pregao) over (partition by indice)
order by indice asc, posicao asc
