-- Grain: one row per index and share of its newest landed session. Rebuilt each run, because the
-- age is relative to the run date: it is negative for a session published ahead.

with carteira_pregao as {{ not_materialized() }} (
    select * from {{ ref('int_market__carteira_pregao') }}
),

newest_session as (
    select
        indice,
        max(data_pregao) as data_pregao
    from carteira_pregao
    group by indice
),

carteira_atual as (
    select
        carteira_pregao.indice,
        carteira_pregao.ticker,
        carteira_pregao.data_pregao,
        {{ days_between('carteira_pregao.data_pregao', "date '" ~ run_date() ~ "'") }}
            as dias_desde_pregao,
        carteira_pregao.ativo,
        carteira_pregao.classe_acao,
        carteira_pregao.marca_evento,
        carteira_pregao.nivel_governanca,
        carteira_pregao.setor,
        carteira_pregao.participacao_pct,
        carteira_pregao.quantidade_teorica,
        carteira_pregao.redutor
    from carteira_pregao
    inner join newest_session
        on
            carteira_pregao.indice = newest_session.indice
            and carteira_pregao.data_pregao = newest_session.data_pregao
)

select * from carteira_atual
