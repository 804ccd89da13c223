select
    max(data_pregao) as newest_session,
    count(distinct indice) as index_count,
    count(distinct ticker) as ticker_count
from market.rpt_market__carteira_atual
having count(*) > 0
