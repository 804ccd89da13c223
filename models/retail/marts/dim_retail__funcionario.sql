-- Grain: one row per employee that the source holds now or that a current sale names.

with funcionario_history as (
    select * from {{ ref('int_retail__funcionario') }}
),

venda as (
    select * from {{ ref('fct_retail__venda') }}
),

{{ dimension_members('funcionario_history', 'id_funcionario', 'nome', 'venda') }},

funcionario as (
    select
        id_funcionario,
        nome,
        first_seen,
        last_changed,
        is_active,
        is_unknown
    from member
)

select * from funcionario
