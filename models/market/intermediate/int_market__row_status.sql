-- Grain: one row per received row of a composition on closed days, with what became of it. The only
-- inner model that the quality domain reads.

with rejected_row as (
    {{ rejected_rows('market', ['carteira']) }}
),

accepted_row as (
    select
        'carteira' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        row_status,
        cast(null as {{ dbt.type_string() }}) as reason_code,
        cast(null as {{ dbt.type_string() }}) as rejected_row,
        -- Looked up here and not in the history, so that the lists may grow without a rebuild.
        case
            when
                coalesce(classe_acao, '-') not in ('ON', 'PN', 'PNA', 'PNB', 'UNT')
                or coalesce(nivel_governanca, 'NM') not in ('NM', 'N2', 'N1')
                then coalesce(flags || ',', '') || 'unknown_category'
            else flags
        end as flags
    from {{ ref('int_market__carteira_history') }}
),

row_status as (
    select * from rejected_row
    union all
    select * from accepted_row
)

select * from row_status
