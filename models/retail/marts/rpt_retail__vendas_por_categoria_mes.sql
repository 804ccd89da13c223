-- Grain: one row per calendar month and category with sales, in the state known now: a renamed
-- category has its new name in all months.

with venda as (
    select * from {{ ref('fct_retail__venda') }}
),

categoria as (
    select * from {{ ref('dim_retail__categoria') }}
),

{{ period_totals('venda', 'month', member='id_categoria') }},

vendas_por_categoria_mes as (
    select
        {{ year_month('period_totals.period_start') }} as ano_mes,
        period_totals.id_categoria,
        categoria.nome_categoria,
        period_totals.venda_count,
        period_totals.total_amount,
        period_totals.media_venda,
        period_totals.participacao_ratio,
        period_totals.posicao,
        period_totals.variacao_amount,
        period_totals.variacao_ratio
    from period_totals
    left join categoria on period_totals.id_categoria = categoria.id_categoria
)

select * from vendas_por_categoria_mes
