-- Grain: one row per aluno_id, escola_id and disciplina: the grades as they are known now, with
-- their pupil and school. A grade, pupil or school may come in any order, so the table is computed
-- whole and only what differs is written: a pupil who moved takes the old keys away.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['aluno_id', 'escola_id', 'disciplina'],
) }}

{% set key = ['aluno_id', 'escola_id', 'disciplina'] %}
{% set columns = [
    'aluno_id', 'nome_aluno', 'idade', 'genero', 'escola_id', 'nome_escola', 'rede', 'regiao',
    'disciplina', 'nota',
] %}

with spelling as (
    select * from {{ ref('int_education__spelling') }}
),

aluno as (
    select *
    from {{ ref('int_education__aluno') }}
    where known_from is not null and known_to is null
),

escola as (
    select *
    from {{ ref('int_education__escola') }}
    where known_from is not null and known_to is null
),

nota as (
    select *
    from {{ ref('int_education__nota') }}
    where known_from is not null and known_to is null
),

{% if is_incremental() %}
stored as {{ not_materialized() }} (
    select * from {{ this }}
),
{% endif %}

performance_academica as (
    select
        aluno.aluno_id,
        aluno.nome_aluno,
        cast(aluno.idade as integer) as idade,
        genero_spelling.spelling as genero,
        escola.escola_id,
        escola.nome_escola,
        rede_spelling.spelling as rede,
        regiao_spelling.spelling as regiao,
        disciplina_spelling.spelling as disciplina,
        cast(nota.nota as decimal(4, 2)) as nota
    from nota
    inner join aluno on nota.aluno_id = aluno.aluno_id
    inner join escola on aluno.escola_id = escola.escola_id
    left join spelling as genero_spelling
        on
            genero_spelling.attribute_name = 'genero'
            and aluno.genero_key = genero_spelling.spelling_key
    left join spelling as rede_spelling
        on
            rede_spelling.attribute_name = 'rede'
            and escola.rede_key = rede_spelling.spelling_key
    left join spelling as regiao_spelling
        on
            regiao_spelling.attribute_name = 'regiao'
            and escola.regiao_key = regiao_spelling.spelling_key
    left join spelling as disciplina_spelling
        on
            disciplina_spelling.attribute_name = 'disciplina'
            and nota.disciplina_key = disciplina_spelling.spelling_key
),

changes as (
    {{ merge_changes('performance_academica', 'stored', key, columns) }}
)

select * from changes
