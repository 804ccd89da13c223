-- Grain: one row per aluno_id, disciplina and interval of knowledge [known_from, known_to). A
-- grade is a version whether or not its pupil is known: what the office said is history, what may
-- be shown beside a pupil and a school is `fct_education__performance_academica`.

with nota as (
    select *
    from {{ ref('int_education__nota') }}
    where known_from is not null
),

spelling as (
    select * from {{ ref('int_education__spelling') }}
    where attribute_name = 'disciplina'
),

nota_version as (
    select
        nota.aluno_id,
        spelling.spelling as disciplina,
        nota.known_from,
        nota.known_to,
        cast(nota.nota as decimal(4, 2)) as nota
    from nota
    left join spelling on nota.disciplina_key = spelling.spelling_key
)

select * from nota_version
