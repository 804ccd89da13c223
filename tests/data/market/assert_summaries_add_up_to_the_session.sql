-- Classes make up the session, sectors do where it has any, and shares of the refined table do.

with summary as (
    select
        indice,
        data_pregao,
        acoes_count,
        participacao_total_pct,
        quantidade_total
    from {{ ref('rpt_market__resumo_por_classe') }}
),

by_class as (
    select
        indice,
        data_pregao,
        cast(sum(acoes_count) as bigint) as acoes_count,
        cast(sum(participacao_total_pct) as decimal(18, 3)) as participacao_total_pct,
        cast(sum(quantidade_total) as bigint) as quantidade_total
    from summary
    group by indice, data_pregao
),

by_share as (
    select
        indice,
        data_pregao,
        cast(count(*) as bigint) as acoes_count,
        cast(sum(participacao_pct) as decimal(18, 3)) as participacao_total_pct,
        cast(sum(quantidade_teorica) as bigint) as quantidade_total,
        bool_and(setor is not null) as is_by_sector
    from {{ ref('fct_market__carteira_diaria') }}
    group by indice, data_pregao
),

by_sector as (
    select
        indice,
        data_pregao,
        cast(sum(acoes_count) as bigint) as acoes_count,
        cast(sum(participacao_total_pct) as decimal(18, 3)) as participacao_total_pct,
        cast(sum(quantidade_total) as bigint) as quantidade_total
    from {{ ref('rpt_market__resumo_por_setor') }}
    group by indice, data_pregao
),

pregao as (
    select * from {{ ref('fct_market__pregao') }}
)

select
    pregao.indice,
    pregao.data_pregao
from pregao
left join by_class
    on pregao.indice = by_class.indice and pregao.data_pregao = by_class.data_pregao
left join by_share
    on pregao.indice = by_share.indice and pregao.data_pregao = by_share.data_pregao
left join by_sector
    on pregao.indice = by_sector.indice and pregao.data_pregao = by_sector.data_pregao
where
    by_class.acoes_count is distinct from pregao.acoes_count
    or by_class.participacao_total_pct is distinct from pregao.participacao_total_pct
    or by_class.quantidade_total is distinct from pregao.quantidade_total
    or by_share.acoes_count is distinct from pregao.acoes_count
    or by_share.participacao_total_pct is distinct from pregao.participacao_total_pct
    or by_share.quantidade_total is distinct from pregao.quantidade_total
    or (
        by_share.is_by_sector
        and (
            by_sector.acoes_count is distinct from pregao.acoes_count
            or by_sector.participacao_total_pct is distinct from pregao.participacao_total_pct
            or by_sector.quantidade_total is distinct from pregao.quantidade_total
        )
    )
