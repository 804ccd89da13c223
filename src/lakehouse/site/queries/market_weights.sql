-- The eight heaviest shares of each index today, and what they weighed in each session.
with heaviest as (
    select
        indice,
        ticker
    from market.rpt_market__carteira_atual
    qualify row_number() over (partition by indice order by participacao_pct desc, ticker asc) <= 8
)

select
    carteira.indice,
    carteira.data_pregao,
    carteira.ticker,
    carteira.participacao_pct,
    carteira.variacao_pp
from market.fct_market__carteira_diaria as carteira
inner join heaviest
    on carteira.indice = heaviest.indice and carteira.ticker = heaviest.ticker
order by
    carteira.indice asc,
    carteira.data_pregao desc,
    carteira.participacao_pct desc,
    carteira.ticker asc
