-- Grain: one row per escola_id that has a grade. Places are by the average as shown, so that a
-- reader can check them: equal averages go by name, then by id.

with performance_academica as (
    select
        coalesce(regiao, 'não informada') as regiao,
        escola_id,
        nome_escola,
        nota
    from {{ ref('fct_education__performance_academica') }}
),

escola_total as (
    select
        regiao,
        escola_id,
        nome_escola,
        cast({{ exact_ratio('sum(nota)', 'count(*)', 4) }} as decimal(6, 4)) as media_notas,
        cast(count(*) as bigint) as total_notas
    from performance_academica
    group by regiao, escola_id, nome_escola
),

media_por_escola as (
    select
        regiao,
        cast(row_number() over (
            partition by regiao
            order by media_notas desc, nome_escola asc nulls last, escola_id asc
        ) as bigint) as posicao,
        escola_id,
        nome_escola,
        media_notas,
        total_notas
    from escola_total
)

select * from media_por_escola
