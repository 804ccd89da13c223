-- Grain: one row per index and landed session. Turnover counts a share that entered or left with
-- its whole weight.

with carteira_pregao as {{ not_materialized() }} (
    select * from {{ ref('int_market__carteira_pregao') }}
),

session_total as (
    select
        indice,
        data_pregao,
        min(data_pregao_anterior) as data_pregao_anterior,
        count(*) as acoes_count,
        -- The same in every row of a session.
        min(quantidade_cabecalho) as quantidade_cabecalho,
        min(participacao_cabecalho_pct) as participacao_cabecalho_pct,
        min(redutor) as redutor,
        sum(quantidade_teorica) as quantidade_total,
        sum(participacao_pct) as participacao_total_pct,
        sum(cast(participacao_pct * participacao_pct as decimal(18, 6))) as squared_weights,
        sum(abs(participacao_pct - coalesce(participacao_anterior_pct, 0))) as changed_weight,
        sum(case when is_saida then participacao_pct else 0 end) as leaving_weight
    from carteira_pregao
    group by indice, data_pregao
),

compared as (
    select
        session_total.*,
        session_total.changed_weight + previous_session.leaving_weight as turned_weight
    from session_total
    left join session_total as previous_session
        on
            session_total.indice = previous_session.indice
            and session_total.data_pregao_anterior = previous_session.data_pregao
),

pregao as (
    select
        indice,
        data_pregao,
        data_pregao_anterior,
        {{ days_between('data_pregao_anterior', 'data_pregao') }} as dias_desde_sessao_anterior,
        cast(acoes_count as bigint) as acoes_count,
        cast(quantidade_cabecalho as bigint) as quantidade_cabecalho,
        cast(quantidade_total as bigint) as quantidade_total,
        cast(participacao_cabecalho_pct as decimal(9, 3)) as participacao_cabecalho_pct,
        cast(participacao_total_pct as decimal(18, 3)) as participacao_total_pct,
        cast(redutor as decimal(28, 8)) as redutor,
        {{ exact_ratio('squared_weights', '10000', 6) }} as concentracao_ratio,
        {{ exact_ratio('turned_weight', '2', 4) }} as giro_pp
    from compared
)

select * from pregao
