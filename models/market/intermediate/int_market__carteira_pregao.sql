-- Grain: one row per index, session and share that the session holds as known now,
-- beside the landed sessions before and after it. Computed whole and compared with what is stored:
-- a session that lands late changes what its neighbours are compared with.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['indice', 'data_pregao', 'ticker'],
    **partition_by_month('data_pregao')
) }}

{% set key = ['indice', 'data_pregao', 'ticker'] %}
{% set columns = key + [
    'ativo', 'classe_acao', 'marca_evento', 'nivel_governanca', 'setor', 'participacao_pct',
    'quantidade_teorica', 'participacao_setor_pct', 'redutor', 'participacao_cabecalho_pct',
    'quantidade_cabecalho', 'data_pregao_anterior', 'participacao_anterior_pct', 'is_entrada',
    'is_saida',
] %}
{% set header_of_newest_row = 'over (
            partition by indice, data_pregao
            order by recorded_at desc, load_id desc, source_file desc, source_row desc
        )' %}

with
{% if is_incremental() %}
stored as (
    select * from {{ this }}
),
{% endif %}

load as (
    select * from {{ ref('int_market__load') }}
),

state as (
    select
        carteira.*,
        load.load_id,
        load.source_file
    from {{ ref('int_market__carteira') }} as carteira
    inner join load on carteira.load_key = load.load_key
    where carteira.known_from is not null and carteira.known_to is null
),

-- The header is the session's: of the newest delivery, where a rejected row kept an older one.
composition as (
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
        participacao_setor_pct,
        first_value(redutor) {{ header_of_newest_row }} as redutor,
        first_value(participacao_cabecalho_pct) {{ header_of_newest_row }}
            as participacao_cabecalho_pct,
        first_value(quantidade_cabecalho) {{ header_of_newest_row }} as quantidade_cabecalho
    from state
),

composition_day as (
    select distinct
        indice,
        data_pregao
    from composition
),

landed_session as (
    select
        indice,
        data_pregao,
        lag(data_pregao) over (partition by indice order by data_pregao) as data_pregao_anterior,
        lead(data_pregao) over (partition by indice order by data_pregao) as data_pregao_seguinte
    from composition_day
),

appearance as (
    select
        *,
        lag(data_pregao) over (
            partition by indice, ticker order by data_pregao
        ) as previous_appearance,
        lag(participacao_pct) over (
            partition by indice, ticker order by data_pregao
        ) as previous_participacao_pct,
        lead(data_pregao) over (partition by indice, ticker order by data_pregao) as next_appearance
    from composition
),

-- A stay begins with the first landed session too: only an absence that was seen ends one.
carteira_pregao as (
    select
        appearance.indice,
        appearance.data_pregao,
        appearance.ticker,
        appearance.ativo,
        appearance.classe_acao,
        appearance.marca_evento,
        appearance.nivel_governanca,
        appearance.setor,
        appearance.participacao_pct,
        appearance.quantidade_teorica,
        appearance.participacao_setor_pct,
        appearance.redutor,
        appearance.participacao_cabecalho_pct,
        appearance.quantidade_cabecalho,
        landed_session.data_pregao_anterior,
        case
            when appearance.previous_appearance = landed_session.data_pregao_anterior
                then appearance.previous_participacao_pct
        end as participacao_anterior_pct,
        coalesce(
            appearance.previous_appearance <> landed_session.data_pregao_anterior, true
        ) as is_entrada,
        landed_session.data_pregao_seguinte is not null
        and coalesce(
            appearance.next_appearance <> landed_session.data_pregao_seguinte, true
        ) as is_saida
    from appearance
    inner join landed_session
        on
            appearance.indice = landed_session.indice
            and appearance.data_pregao = landed_session.data_pregao
),

changes as (
    {{ merge_changes('carteira_pregao', 'stored', key, columns) }}
)

select * from changes
