-- Grain: one row per calendar month and employee with sales, in the state known now: a renamed
-- employee has its new name in all months.

with venda as (
    select * from {{ ref('fct_retail__venda') }}
),

funcionario as (
    select * from {{ ref('dim_retail__funcionario') }}
),

{{ period_totals('venda', 'month', member='id_funcionario') }},

vendas_por_funcionario_mes as (
    select
        {{ year_month('period_totals.period_start') }} as ano_mes,
        period_totals.id_funcionario,
        funcionario.nome,
        period_totals.venda_count,
        period_totals.total_amount,
        period_totals.media_venda,
        period_totals.participacao_ratio,
        period_totals.posicao,
        period_totals.variacao_amount,
        period_totals.variacao_ratio
    from period_totals
    left join funcionario on period_totals.id_funcionario = funcionario.id_funcionario
)

select * from vendas_por_funcionario_mes
