-- Grain: one row per sale, flat, with the names and the calendar of today.

with venda as (
    select * from {{ ref('fct_retail__venda') }}
),

funcionario as (
    select * from {{ ref('dim_retail__funcionario') }}
),

categoria as (
    select * from {{ ref('dim_retail__categoria') }}
),

calendar as (
    select * from {{ ref('dim_retail__data') }}
),

venda_detalhada as (
    select
        venda.id_venda,
        venda.data_venda,
        calendar.ano,
        calendar.trimestre,
        calendar.mes,
        calendar.nome_mes,
        calendar.nome_dia_da_semana,
        venda.id_funcionario,
        funcionario.nome,
        venda.id_categoria,
        categoria.nome_categoria,
        venda.venda
    from venda
    left join funcionario on venda.id_funcionario = funcionario.id_funcionario
    left join categoria on venda.id_categoria = categoria.id_categoria
    left join calendar on venda.data_venda = calendar.data_calendario
)

select * from venda_detalhada
