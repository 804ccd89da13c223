-- Grain: one row per sale and state: what the source said, since when and until when we knew it. A
-- deleted sale ends here: its last state has a known_to and no successor.

with venda_history as (
    select * from {{ ref('int_retail__venda') }}
),

venda_version as (
    select
        id_venda,
        known_from,
        known_to,
        id_funcionario,
        id_categoria,
        data_venda,
        cast(venda as decimal(12, 2)) as venda
    from venda_history
    where known_from is not null
)

select * from venda_version
