-- Grain: one row per category and state: what the source said, since when and until when we knew
-- it.

with categoria_history as (
    select * from {{ ref('int_retail__categoria') }}
),

categoria_version as (
    select
        id_categoria,
        nome_categoria,
        known_from,
        known_to
    from categoria_history
    where known_from is not null
)

select * from categoria_version
