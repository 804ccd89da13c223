-- Grain: one row per category that the source holds now or that a current sale names.

with categoria_history as (
    select * from {{ ref('int_retail__categoria') }}
),

venda as (
    select * from {{ ref('fct_retail__venda') }}
),

{{ dimension_members('categoria_history', 'id_categoria', 'nome_categoria', 'venda') }},

categoria as (
    select
        id_categoria,
        nome_categoria,
        first_seen,
        last_changed,
        is_active,
        is_unknown
    from member
)

select * from categoria
