-- Grades by school and by subject are all the grades: schools and pupils by network are all that
-- have a grade, because a school has one network and a pupil one school.

with performance_academica as (
    select
        count(*) as grade_count,
        count(distinct escola_id) as school_count,
        count(distinct aluno_id) as pupil_count
    from {{ ref('fct_education__performance_academica') }}
),

answers as (
    select
        (
            select coalesce(sum(total_notas), 0) from {{ ref('rpt_education__media_por_escola') }}
        ) as by_school_count,
        (
            select coalesce(sum(total_avaliacoes), 0)
            from {{ ref('rpt_education__resumo_por_disciplina') }}
        ) as by_subject_count,
        (
            select coalesce(sum(total_escolas), 0) from {{ ref('rpt_education__resumo_por_rede') }}
        ) as by_network_school_count,
        (
            select coalesce(sum(total_alunos), 0) from {{ ref('rpt_education__resumo_por_rede') }}
        ) as by_network_pupil_count
)

select
    performance_academica.*,
    answers.*
from performance_academica
cross join answers
where
    answers.by_school_count <> performance_academica.grade_count
    or answers.by_subject_count <> performance_academica.grade_count
    or answers.by_network_school_count <> performance_academica.school_count
    or answers.by_network_pupil_count <> performance_academica.pupil_count
