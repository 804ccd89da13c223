-- Grain: one row per sale, the five largest: of equal ones the smaller id comes first.

with venda_detalhada as (
    select * from {{ ref('rpt_retail__venda_detalhada') }}
),

ranked as (
    select
        venda_detalhada.*,
        row_number() over (
            order by venda_detalhada.venda desc, venda_detalhada.id_venda asc
        ) as posicao
    from venda_detalhada
),

maiores_vendas as (
    select
        cast(posicao as bigint) as posicao,
        id_venda,
        data_venda,
        id_funcionario,
        nome,
        id_categoria,
        nome_categoria,
        venda
    from ranked
    where posicao <= 5
)

select * from maiores_vendas
