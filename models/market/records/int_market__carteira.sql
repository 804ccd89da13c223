-- Grain: one row per received row of a composition, rejected ones included, with its place in the
-- history of its share in that session. A delivery replaces its session whole, unless it lacks
-- the sectors that an earlier one had. The header is content: a corrected divisor corrects every
-- share of the session.

{% set key = ['load_key', 'source_row'] %}
{{ config(materialized='incremental', incremental_strategy='merge', unique_key=key) }}

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
{% set columns = record_columns(content, ['extract_scope', 'is_full_extract', 'precedence']) %}
{% set state = record_state() %}

with {{ received_rows(
    'carteira',
    ref('stg_market__carteira'),
    ref('int_market__load'),
    columns,
    has_full_extracts=true,
) }},

{{ extract_history('received', 'delivered', columns, content, 'precedence') }},

changes as (
    {{ merge_changes('record', 'stored', key, columns + state, compared=state) }}
)

select * from changes
