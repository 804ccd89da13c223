-- Grain: one row per received row of the sales extract, typed. `reason_code` says why a row is
-- rejected. All three numbers are keys: docs/domains/retail.md#keys-of-a-sale.

with raw_rows as (
    select * from {{ raw_rows('retail', 'venda') }}
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        {{ try_integer('id_venda_text') }} as id_venda,
        {{ try_integer('id_funcionario_text') }} as id_funcionario,
        {{ try_integer('id_categoria_text') }} as id_categoria,
        {{ try_date('data_venda_text') }} as data_venda,
        {{ amount_text('venda_text') }} as venda_digits
    from raw_rows
),

valued as (
    select
        *,
        try_cast(venda_digits as decimal(18, 2)) as venda
    from typed
),

reasoned as (
    select
        *,
        {{ rejection_reason({
            'missing_key': missing_conditions(['id_venda', 'id_funcionario', 'id_categoria']),
            'unparsable_key': unreadable_conditions(['id_venda', 'id_funcionario', 'id_categoria']),
            'unparsable_date': unreadable_conditions(['data_venda']),
            'missing_value': missing_conditions(['data_venda', 'venda']),
            'unparsable_amount': unreadable_amount_conditions(['venda']),
            'amount_out_of_range': amount_out_of_range_conditions(['venda'])
                + ['abs(venda) >= 10000000000'],
        }) }} as reason_code
    from valued
),

staged as (
    select
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        reason_code,
        cast(id_venda as {{ dbt.type_string() }}) as record_key,
        'all' as extract_scope,
        is_full_extract,
        id_venda,
        id_funcionario,
        id_categoria,
        data_venda,
        try_cast(venda as decimal(12, 2)) as venda,
        {{ flag_list({'non_positive_amount': 'venda <= 0'}) }} as flags,
        case
            when reason_code is not null
                then {{ row_as_json([
                    'id_venda', 'id_funcionario', 'id_categoria', 'data_venda', 'venda'
                ]) }}
        end as rejected_row
    from reasoned
)

select * from staged
