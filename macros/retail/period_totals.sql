{#
    period_totals(venda, period, member=none) -> CTEs, the last of them `period_totals`
    venda: CTE with data_venda and venda; period: day, month, quarter or year; member: a column of `venda`
    to tell apart within each period, or none.

    `period_totals` has one row per calendar period with sales (and member) and
      period_start        first day of the period;
      venda_count, total_amount, media_venda;
      participacao_ratio  of all sales; with a member, of the sales of the period;
      posicao             1 = the highest total of all periods; with a member, of the members in the
                          period. The earlier period, or the smaller member, wins a tie;
      variacao_amount     total less that of the calendar period before (of the same member); null, not
      variacao_ratio      the whole total, where that period had no sales: no sale is no figure.
    Ratios are null where what they are measured against is not positive (see `ratio_to_positive`).
#}
{% macro period_totals(venda, period, member=none) -%}
{%- set keys = ['period_start', member] if member is not none else ['period_start'] -%}
{%- set partition = 'partition by period_sum.period_start' if member is not none else '' -%}
period_sale as (
    select
        {{ period_start('data_venda', period) }} as period_start,
        {%- if member is not none %}
        {{ member }},
        {%- endif %}
        venda
    from {{ venda }}
),

period_sum as (
    select
        {{ keys | join(',\n        ') }},
        cast(count(*) as bigint) as venda_count,
        cast(sum(venda) as decimal(18, 2)) as total_amount
    from period_sale
    group by {{ keys | join(', ') }}
),

compared_period as (
    select
        {%- for key in keys %}
        period_sum.{{ key }},
        {%- endfor %}
        period_sum.venda_count,
        period_sum.total_amount,
        previous_sum.total_amount as previous_amount,
        sum(period_sum.total_amount) over ({{ partition }}) as whole_amount,
        row_number() over (
            {{ partition }}
            order by period_sum.total_amount desc, period_sum.{{ keys | last }} asc
        ) as posicao
    from period_sum
    left join period_sum as previous_sum
        on
            previous_sum.period_start = {{ previous_period_start('period_sum.period_start', period) }}
            {%- if member is not none %}
            and previous_sum.{{ member }} = period_sum.{{ member }}
            {%- endif %}
),

period_totals as (
    select
        {{ keys | join(',\n        ') }},
        venda_count,
        total_amount,
        {{ exact_ratio('total_amount', 'venda_count', 6) }} as media_venda,
        {{ ratio_to_positive('total_amount', 'whole_amount') }} as participacao_ratio,
        cast(posicao as bigint) as posicao,
        cast(total_amount - previous_amount as decimal(18, 2)) as variacao_amount,
        {{ ratio_to_positive('(total_amount - previous_amount)', 'previous_amount') }} as variacao_ratio
    from compared_period
)
{%- endmacro %}
