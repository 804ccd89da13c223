-- Grain: one row per received row of a composition, typed. `reason_code` says why one is rejected.
-- Numbers and date are read in the language of the request: `2,710` is a weight in one and a
-- quantity in the other.

with raw_rows as (
    select * from {{ raw_rows('market', 'carteira') }}
),

spelled as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ kept_text('indice_text') }} as indice,
        {{ localized_date('header_date_text', 'idioma_text') }} as data_pregao,
        {{ kept_text('cod_text') }} as ticker,
        {{ kept_text('asset_text') }} as ativo,
        {{ fixed_width_text('type_text') }} as tipo,
        {{ kept_text('segment_text') }} as setor,
        {{ localized_number_text('part_text', 'idioma_text', 3) }} as part_digits,
        {{ localized_number_text('theorical_qty_text', 'idioma_text', 0) }} as theorical_qty_digits,
        {{ localized_number_text('part_acum_text', 'idioma_text', 3) }} as part_acum_digits,
        {{ localized_number_text('header_part_text', 'idioma_text', 3) }} as header_part_digits,
        {{ localized_number_text('header_theorical_qty_text', 'idioma_text', 0) }}
            as header_theorical_qty_digits,
        {{ localized_number_text('header_reductor_text', 'idioma_text', 8) }}
            as header_reductor_digits
    from raw_rows
),

typed as (
    select
        *,
        {{ classe_acao('tipo') }} as classe_acao,
        {{ nivel_governanca('tipo') }} as nivel_governanca,
        try_cast(part_digits as decimal(9, 3)) as participacao_pct,
        try_cast(theorical_qty_digits as bigint) as quantidade_teorica,
        try_cast(part_acum_digits as decimal(9, 3)) as participacao_setor_pct,
        try_cast(header_reductor_digits as decimal(28, 8)) as redutor,
        try_cast(header_part_digits as decimal(9, 3)) as participacao_cabecalho_pct,
        try_cast(header_theorical_qty_digits as bigint) as quantidade_cabecalho,
        indice || '/' || cast(data_pregao as {{ dbt.type_string() }}) as extract_scope
    from spelled
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': [
                'indice is null', 'ticker is null',
                'data_pregao is null and not ' ~ is_given('header_date_text'),
            ],
            'unparsable_date': ['data_pregao is null'],
            'missing_value': [
                'part_digits is null and not ' ~ is_given('part_text'),
                'theorical_qty_digits is null and not ' ~ is_given('theorical_qty_text'),
                'header_part_digits is null and not ' ~ is_given('header_part_text'),
                'header_theorical_qty_digits is null and not '
                ~ is_given('header_theorical_qty_text'),
                'header_reductor_digits is null and not ' ~ is_given('header_reductor_text'),
            ],
            'unparsable_number': [
                'part_digits is null', 'theorical_qty_digits is null',
                'header_part_digits is null', 'header_theorical_qty_digits is null',
                'header_reductor_digits is null',
                'part_acum_digits is null and ' ~ is_given('part_acum_text'),
            ],
            'number_out_of_range': [
                'participacao_pct is null', 'participacao_pct > 100',
                'quantidade_teorica is null', 'participacao_cabecalho_pct is null',
                'quantidade_cabecalho is null', 'redutor is null', 'redutor = 0',
                'participacao_setor_pct is null and part_acum_digits is not null',
            ],
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
        extract_scope || '/' || ticker as record_key,
        extract_scope,
        is_full_extract,
        -- A form without sectors never overrides one with them: a rejected row knows nothing.
        cast(
            case when setor is not null and reason_code is null then 1 else 0 end as bigint
        ) as precedence,
        indice,
        data_pregao,
        ticker,
        ativo,
        classe_acao,
        {{ marca_evento('tipo', 'classe_acao', 'nivel_governanca') }} as marca_evento,
        nivel_governanca,
        setor,
        participacao_pct,
        quantidade_teorica,
        participacao_setor_pct,
        redutor,
        participacao_cabecalho_pct,
        quantidade_cabecalho,
        {{ flag_list({'non_positive_quantity': 'quantidade_teorica = 0'}) }} as flags,
        case
            when reason_code is not null
                then {{ row_as_json([
                    'indice', 'idioma', 'header_date', 'header_part', 'header_reductor',
                    'header_theorical_qty', 'segment', 'cod', 'asset', 'type', 'part', 'part_acum',
                    'theorical_qty'
                ]) }}
        end as rejected_row
    from reasoned
)

select * from staged
