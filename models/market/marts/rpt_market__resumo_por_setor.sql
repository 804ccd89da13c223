-- Grain: one row per index, session and sector. Sessions that were delivered without sectors only
-- are left out: an unknown sector is none.

with carteira_pregao as {{ not_materialized() }} (
    select * from {{ ref('int_market__carteira_pregao') }}
),

sector_total as (
    select
        indice,
        data_pregao,
        setor,
        count(*) as acoes_count,
        sum(participacao_pct) as participacao_total_pct,
        sum(quantidade_teorica) as quantidade_total,
        max(participacao_setor_pct) as participacao_informada_pct
    from carteira_pregao
    where setor is not null
    group by indice, data_pregao, setor
),

resumo_por_setor as (
    select
        indice,
        data_pregao,
        setor,
        cast(row_number() over (
            partition by indice, data_pregao
            order by participacao_total_pct desc, setor asc
        ) as bigint) as posicao,
        cast(acoes_count as bigint) as acoes_count,
        cast(participacao_total_pct as decimal(18, 3)) as participacao_total_pct,
        cast(participacao_informada_pct as decimal(9, 3)) as participacao_informada_pct,
        cast(quantidade_total as bigint) as quantidade_total
    from sector_total
)

select * from resumo_por_setor
