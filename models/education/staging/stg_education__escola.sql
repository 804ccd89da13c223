-- Grain: one row per received row of the file, typed. `reason_code` says why a row is rejected.

with raw_rows as (
    select * from {{ raw_rows('education', 'escola') }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('escola_id_text') }} as escola_id,
        {{ kept_text('nome_text') }} as nome_escola,
        {{ spelling_key('rede_text') }} as rede_key,
        {{ kept_text('rede_text') }} as rede,
        {{ spelling_key('regiao_text') }} as regiao_key,
        {{ kept_text('regiao_text') }} as regiao
    from raw_rows
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': missing_conditions(['escola_id']),
            'unparsable_key': unreadable_conditions(['escola_id']),
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
        cast(escola_id as {{ dbt.type_string() }}) as record_key,
        'all' as extract_scope,
        is_full_extract,
        escola_id,
        nome_escola,
        rede_key,
        rede,
        regiao_key,
        regiao,
        cast(null as {{ dbt.type_string() }}) as flags,
        case
            when reason_code is not null
                then {{ row_as_json(['escola_id', 'nome', 'rede', 'regiao']) }}
        end as rejected_row
    from reasoned
)

select * from staged
