-- Grain: one row per received row of the entity categoria, typed. `reason_code` says why a row is
-- rejected.

with raw_rows as (
    select * from {{ raw_rows('retail', 'categoria') }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('id_text') }} as id,
        {{ kept_text('nome_categoria_text') }} as nome_categoria
    from raw_rows
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': missing_conditions(['id']),
            'unparsable_key': unreadable_conditions(['id']),
            'missing_value': ['nome_categoria is null'],
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
        is_full_extract,
        id as id_categoria,
        nome_categoria,
        cast(null as {{ dbt.type_string() }}) as flags,
        case
            when reason_code is not null
                then {{ row_as_json(['id', 'nome_categoria']) }}
        end as rejected_row
    from reasoned
)

select * from staged
