-- Grain: one row per received row of the file, typed. `reason_code` says why a row is rejected.
-- The key holds the key of the subject's spelling, so that two spellings are one grade.

with raw_rows as (
    select * from {{ raw_rows('education', 'nota') }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('aluno_id_text') }} as aluno_id,
        {{ spelling_key('disciplina_text') }} as disciplina_key,
        {{ kept_text('disciplina_text') }} as disciplina,
        {{ amount_text('nota_text') }} is not null as is_number,
        {{ try_nota('nota_text') }} as nota
    from raw_rows
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': missing_conditions(['aluno_id']) + ['disciplina_key is null'],
            'unparsable_key': unreadable_conditions(['aluno_id']),
            'missing_value': missing_conditions(['nota']),
            'unparsable_number': ['not is_number'],
            'number_out_of_range': ['nota is null'],
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
        cast(aluno_id as {{ dbt.type_string() }}) || '/' || disciplina_key as record_key,
        'all' as extract_scope,
        is_full_extract,
        aluno_id,
        disciplina_key,
        disciplina,
        nota,
        cast(null as {{ dbt.type_string() }}) as flags,
        case
            when reason_code is not null
                then {{ row_as_json(
                    ['aluno_id', 'disciplina', 'nota'], masked=['aluno_id']
                ) }}
        end as rejected_row
    from reasoned
)

select * from staged
