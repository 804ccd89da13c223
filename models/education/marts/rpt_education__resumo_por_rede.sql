-- Grain: one row per rede. Schools and pupils count if they have a grade.

with performance_academica as (
    select
        coalesce(rede, 'não informada') as rede,
        escola_id,
        aluno_id,
        nota
    from {{ ref('fct_education__performance_academica') }}
),

resumo_por_rede as (
    select
        rede,
        cast({{ exact_ratio('sum(nota)', 'count(*)', 4) }} as decimal(6, 4)) as media_geral,
        cast(count(distinct escola_id) as bigint) as total_escolas,
        cast(count(distinct aluno_id) as bigint) as total_alunos
    from performance_academica
    group by rede
)

select * from resumo_por_rede
