-- Each report holds every sale once: its counts and totals add up to those of the fact.

{% set reports = ['dia', 'mes', 'trimestre', 'ano', 'categoria_mes', 'funcionario_mes'] %}

with sold as (
    select
        cast(count(*) as bigint) as venda_count,
        coalesce(sum(venda), 0) as total_amount
    from {{ ref('fct_retail__venda') }}
),

reported as (
    {% for report in reports %}
    select
        '{{ report }}' as report,
        cast(coalesce(sum(venda_count), 0) as bigint) as venda_count,
        coalesce(sum(total_amount), 0) as total_amount
    from {{ ref('rpt_retail__vendas_por_' ~ report) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
    union all
    select
        'detalhada' as report,
        cast(count(*) as bigint) as venda_count,
        coalesce(sum(venda), 0) as total_amount
    from {{ ref('rpt_retail__venda_detalhada') }}
)

select
    reported.report,
    reported.venda_count,
    sold.venda_count as sold_count,
    reported.total_amount,
    sold.total_amount as sold_amount
from reported
cross join sold
where
    reported.venda_count <> sold.venda_count
    or reported.total_amount <> sold.total_amount
