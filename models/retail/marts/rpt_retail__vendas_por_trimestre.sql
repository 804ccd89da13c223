-- Grain: one row per calendar quarter with sales.

with venda as (
    select * from {{ ref('fct_retail__venda') }}
),

{{ period_totals('venda', 'quarter') }},

vendas_por_trimestre as (
    select
        cast(year(period_start) as bigint) as ano,
        cast(quarter(period_start) as bigint) as trimestre,
        venda_count,
        total_amount,
        media_venda,
        participacao_ratio,
        posicao,
        variacao_amount,
        variacao_ratio
    from period_totals
)

select * from vendas_por_trimestre
