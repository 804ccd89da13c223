-- Grain: one row per index, session, share class and governance level. `-` stands for none, since a
-- null identifies nothing.

with carteira_pregao as {{ not_materialized() }} (
    select * from {{ ref('int_market__carteira_pregao') }}
),

grouped_share as (
    select
        indice,
        data_pregao,
        coalesce(classe_acao, '-') as classe_acao,
        coalesce(nivel_governanca, '-') as nivel_governanca,
        participacao_pct,
        quantidade_teorica
    from carteira_pregao
),

resumo_por_classe as (
    select
        indice,
        data_pregao,
        classe_acao,
        nivel_governanca,
        cast(count(*) as bigint) as acoes_count,
        cast(sum(participacao_pct) as decimal(18, 3)) as participacao_total_pct,
        cast(sum(quantidade_teorica) as bigint) as quantidade_total
    from grouped_share
    group by indice, data_pregao, classe_acao, nivel_governanca
)

select * from resumo_por_classe
