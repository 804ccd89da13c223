-- A session has the shares of the one before, less those that left it, and those that entered.

with movement as (
    select
        indice,
        data_pregao,
        count_if(is_entrada) as entered_count,
        count_if(is_saida) as left_count
    from {{ ref('fct_market__carteira_diaria') }}
    group by indice, data_pregao
),

pregao as (
    select
        pregao.indice,
        pregao.data_pregao,
        pregao.data_pregao_anterior,
        pregao.acoes_count,
        movement.entered_count,
        movement.left_count
    from {{ ref('fct_market__pregao') }} as pregao
    inner join movement
        on pregao.indice = movement.indice and pregao.data_pregao = movement.data_pregao
)

select
    pregao.indice,
    pregao.data_pregao
from pregao
left join pregao as previous_session
    on
        pregao.indice = previous_session.indice
        and pregao.data_pregao_anterior = previous_session.data_pregao
where
    pregao.acoes_count
    <> pregao.entered_count
    + coalesce(previous_session.acoes_count - previous_session.left_count, 0)
