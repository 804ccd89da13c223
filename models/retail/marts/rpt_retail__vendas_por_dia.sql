-- Grain: one row per day with sales.

with venda as (
    select * from {{ ref('fct_retail__venda') }}
),

{{ period_totals('venda', 'day') }},

vendas_por_dia as (
    select
        period_start as data_venda,
        venda_count,
        total_amount,
        media_venda,
        participacao_ratio,
        posicao,
        variacao_amount,
        variacao_ratio
    from period_totals
)

select * from vendas_por_dia
