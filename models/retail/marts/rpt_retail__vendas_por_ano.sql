-- Grain: one row per calendar year with sales.

with venda as (
    select * from {{ ref('fct_retail__venda') }}
),

{{ period_totals('venda', 'year') }},

vendas_por_ano as (
    select
        cast(year(period_start) as bigint) as ano,
        venda_count,
        total_amount,
        media_venda,
        participacao_ratio,
        posicao,
        variacao_amount,
        variacao_ratio
    from period_totals
)

select * from vendas_por_ano
