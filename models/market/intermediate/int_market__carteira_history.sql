-- Grain: one row per accepted row of a composition, with its place in the history of its share in
-- that session. A delivery replaces its session whole, unless it lacks the sectors that an earlier
-- one had. The header is content: a corrected divisor corrects every share of the session.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['load_id', 'source_file', 'source_row'],
) }}

{% set key = ['load_id', 'source_file', 'source_row'] %}
{% set content = [
    ['indice', 'text'],
    ['data_pregao', 'date'],
    ['ticker', 'text'],
    ['ativo', 'text'],
    ['classe_acao', 'text'],
    ['marca_evento', 'text'],
    ['nivel_governanca', 'text'],
    ['setor', 'text'],
    ['participacao_pct', 'decimal'],
    ['quantidade_teorica', 'integer'],
    ['participacao_setor_pct', 'decimal'],
    ['redutor', 'decimal'],
    ['participacao_cabecalho_pct', 'decimal'],
    ['quantidade_cabecalho', 'integer'],
] %}
{% set event_columns = key + ['ingest_date', 'recorded_at', 'record_key', 'flags']
    + content | map('first') | list %}
{% set columns = event_columns + ['row_status', 'known_from', 'known_to'] %}

with received as {{ not_materialized() }} (
    select * from {{ ref('int_market__carteira_received') }}
),

{{ record_events('received', 'carteira', has_full_extracts=true) }},

{{ extract_history('received', 'events', event_columns, content, 'precedence') }},

changes as (
    {{ merge_changes('history', 'stored', key, columns) }}
)

select * from changes
