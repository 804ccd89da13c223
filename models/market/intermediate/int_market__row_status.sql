-- Grain: one row per received row of a composition, with what became of it: what its record says,
-- and whether class and level are known. Looked up here and not in the record, so that the lists
-- may grow without a rebuild.

with load as (
    select * from {{ ref('int_market__load') }}
),

row_status as (
    select
        {{ row_status_columns({
            'unknown_category':
                "coalesce(record.classe_acao, '-') not in ('" ~ known_share_classes() | join("', '") ~ "') "
                ~ "or coalesce(record.nivel_governanca, 'NM') not in ('NM', 'N2', 'N1')",
        }) }}
    from {{ ref('int_market__carteira') }} as record
    inner join load on record.load_key = load.load_key
)

select * from row_status
