-- Grain: one row per disciplina that has a grade. Places are by the average as shown, so that a
-- reader can check them: equal averages go by name.

with performance_academica as (
    select * from {{ ref('fct_education__performance_academica') }}
),

disciplina_total as (
    select
        disciplina,
        cast({{ exact_ratio('sum(nota)', 'count(*)', 4) }} as decimal(6, 4)) as media_disciplina,
        min(nota) as nota_minima,
        max(nota) as nota_maxima,
        cast(count(*) as bigint) as total_avaliacoes
    from performance_academica
    group by disciplina
),

resumo_por_disciplina as (
    select
        cast(row_number() over (
            order by media_disciplina desc, disciplina asc
        ) as bigint) as posicao,
        disciplina,
        media_disciplina,
        cast(nota_minima as decimal(4, 2)) as nota_minima,
        cast(nota_maxima as decimal(4, 2)) as nota_maxima,
        total_avaliacoes
    from disciplina_total
)

select * from resumo_por_disciplina
