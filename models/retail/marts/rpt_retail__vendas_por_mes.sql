-- Grain: one row per calendar month with sales: the best month has posicao 1.

with venda as (
    select * from {{ ref('fct_retail__venda') }}
),

{{ period_totals('venda', 'month') }},

vendas_por_mes as (
    select
        {{ year_month('period_start') }} as ano_mes,
        venda_count,
        total_amount,
        media_venda,
        participacao_ratio,
        posicao,
        posicao = 1 as is_melhor_mes,
        variacao_amount,
        variacao_ratio
    from period_totals
)

select * from vendas_por_mes
