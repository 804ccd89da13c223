-- Grain: one row per index, session and share. Partitioned by session and by share on the lake,
-- as this table's readers ask for it: one row per partition, so nothing of ours reads it.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['indice', 'data_pregao', 'ticker'],
    **partition_by_values(['data_pregao', 'ticker'])
) }}

{% set key = ['indice', 'data_pregao', 'ticker'] %}
{% set columns = key + [
    'ativo', 'classe_acao', 'marca_evento', 'nivel_governanca', 'setor', 'participacao_pct',
    'quantidade_teorica', 'redutor', 'dias_desde_sessao_anterior', 'dia_da_semana',
    'nome_dia_da_semana', 'participacao_anterior_pct', 'variacao_pp', 'is_entrada', 'is_saida',
] %}

with carteira_pregao as {{ not_materialized() }} (
    select * from {{ ref('int_market__carteira_pregao') }}
),

{% if is_incremental() %}
stored as (
    select * from {{ this }}
),
{% endif %}

carteira_diaria as (
    select
        indice,
        data_pregao,
        ticker,
        ativo,
        classe_acao,
        marca_evento,
        nivel_governanca,
        setor,
        participacao_pct,
        quantidade_teorica,
        redutor,
        {{ days_between('data_pregao_anterior', 'data_pregao') }} as dias_desde_sessao_anterior,
        cast({{ iso_day_of_week('data_pregao') }} as bigint) as dia_da_semana,
        {{ weekday_name_pt(iso_day_of_week('data_pregao')) }} as nome_dia_da_semana,
        participacao_anterior_pct,
        cast(participacao_pct - participacao_anterior_pct as decimal(9, 3)) as variacao_pp,
        is_entrada,
        is_saida
    from carteira_pregao
),

changes as (
    {{ merge_changes('carteira_diaria', 'stored', key, columns) }}
)

select * from changes
