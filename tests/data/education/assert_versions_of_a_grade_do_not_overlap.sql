-- A grade has one state on any day: a version ends before the next begins, or as it begins.

with version_with_next as (
    select
        aluno_id,
        disciplina,
        known_to,
        lead(known_from) over (
            partition by aluno_id, disciplina order by known_from
        ) as next_known_from
    from {{ ref('fct_education__nota_version') }}
)

select * from version_with_next
where next_known_from is not null and (known_to is null or known_to > next_known_from)
