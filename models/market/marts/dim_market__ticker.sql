-- Grain: one row per share, over all indexes. The company is the one that the newest session names:
-- of two indexes with that session, the first by name.

with carteira_pregao as {{ not_materialized() }} (
    select * from {{ ref('int_market__carteira_pregao') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by ticker order by data_pregao desc, indice asc
        ) as recency,
        row_number() over (
            partition by ticker order by participacao_pct desc, data_pregao asc, indice asc
        ) as weight_rank
    from carteira_pregao
),

ticker as (
    select
        ticker,
        max(case when recency = 1 then ativo end) as ativo,
        min(data_pregao) as primeira_data_pregao,
        max(data_pregao) as ultima_data_pregao,
        cast(count(*) as bigint) as pregoes_count,
        cast(sum(participacao_pct) as decimal(18, 3)) as participacao_somada_pct,
        cast(max(participacao_pct) as decimal(9, 3)) as maior_participacao_pct,
        max(case when weight_rank = 1 then data_pregao end) as data_maior_participacao
    from ranked
    group by ticker
)

select * from ticker
