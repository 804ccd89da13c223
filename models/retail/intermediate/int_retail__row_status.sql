-- Grain: one row per received row of the three entities on closed days, with what became of it. The
-- only inner model that the quality domain reads.

{% set entities = ['funcionario', 'categoria', 'venda'] %}

with known_funcionario as (
    select distinct id_funcionario
    from {{ ref('int_retail__funcionario_history') }}
    where known_from is not null
),

known_categoria as (
    select distinct id_categoria
    from {{ ref('int_retail__categoria_history') }}
    where known_from is not null
),

-- Looked up here and not in the history: the partner may arrive in any later load.
flagged_venda as (
    select
        venda_history.load_id,
        venda_history.ingest_date,
        venda_history.source_file,
        venda_history.source_row,
        venda_history.recorded_at,
        venda_history.row_status,
        case
            when
                known_funcionario.id_funcionario is null
                or known_categoria.id_categoria is null
                then coalesce(venda_history.flags || ',', '') || 'unknown_reference'
            else venda_history.flags
        end as flags
    from {{ ref('int_retail__venda_history') }} as venda_history
    left join known_funcionario
        on venda_history.id_funcionario = known_funcionario.id_funcionario
    left join known_categoria on venda_history.id_categoria = known_categoria.id_categoria
),

rejected_row as (
    {{ rejected_rows('retail', entities) }}
),

accepted_row as (
    {% for entity in entities %}
    select
        '{{ entity }}' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        row_status,
        cast(null as {{ dbt.type_string() }}) as reason_code,
        cast(null as {{ dbt.type_string() }}) as rejected_row,
        flags
    from {{ 'flagged_venda' if entity == 'venda' else ref('int_retail__' ~ entity ~ '_history') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

row_status as (
    select * from rejected_row
    union all
    select * from accepted_row
)

select * from row_status
