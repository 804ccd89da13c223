-- Grain: one row per received row of the entity funcionario, typed. `reason_code` says why a row is
-- rejected.

with raw_rows as (
    select * from {{ raw_rows('retail', 'funcionario') }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('id_text') }} as id,
        {{ funcionario_nome('nome_text') }} as nome
    from raw_rows
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': missing_conditions(['id']),
            'unparsable_key': unreadable_conditions(['id']),
            'missing_value': ['nome is null'],
        }) }} as reason_code
    from typed
),

staged as (
    select
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        reason_code,
        cast(id as {{ dbt.type_string() }}) as record_key,
        'all' as extract_scope,
        cast(false as boolean) as is_full_extract,
        id as id_funcionario,
        nome,
        cast(null as {{ dbt.type_string() }}) as flags,
        case
            when reason_code is not null
                then {{ row_as_json(['id', 'nome'], masked=['nome']) }}
        end as rejected_row
    from reasoned
)

select * from staged
