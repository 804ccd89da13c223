select
    indice,
    data_pregao,
    concentracao_ratio,
    acoes_count,
    giro_pp
from market.fct_market__pregao
order by indice asc, data_pregao desc
