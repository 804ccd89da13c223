-- Grain: one row per employee and state: what the source said, since when and until when we knew
-- it.

with funcionario_history as (
    select * from {{ ref('int_retail__funcionario') }}
),

funcionario_version as (
    select
        id_funcionario,
        nome,
        known_from,
        known_to
    from funcionario_history
    where known_from is not null
)

select * from funcionario_version
