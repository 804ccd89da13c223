-- Grain: one row per received row of the file, typed. `reason_code` says why a row is rejected.
-- A pupil without a school is no error of the row: it waits, as one of an unknown school does.

with raw_rows as (
    select * from {{ raw_rows('education', 'aluno') }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('id_text') }} as aluno_id,
        {{ kept_text('nome_ficticio_text') }} as nome_aluno,
        {{ try_integer('idade_text') }} as idade,
        {{ spelling_key('genero_text') }} as genero_key,
        {{ kept_text('genero_text') }} as genero,
        {{ try_integer('escola_id_text') }} as escola_id
    from raw_rows
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': ['aluno_id is null and not ' ~ is_given('id_text')],
            'unparsable_key': ['aluno_id is null'] + unreadable_conditions(['escola_id']),
            'unparsable_number': unreadable_conditions(['idade']),
            'number_out_of_range': ['idade not between 0 and 2147483647'],
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
        cast(aluno_id as {{ dbt.type_string() }}) as record_key,
        'all' as extract_scope,
        is_full_extract,
        aluno_id,
        nome_aluno,
        case when idade between 0 and 2147483647 then cast(idade as integer) end as idade,
        genero_key,
        genero,
        escola_id,
        cast(null as {{ dbt.type_string() }}) as flags,
        case
            when reason_code is not null
                then {{ row_as_json(
                    ['id', 'nome_ficticio', 'idade', 'genero', 'escola_id'],
                    masked=['id', 'nome_ficticio']
                ) }}
        end as rejected_row
    from reasoned
)

select * from staged
