-- The average of each subject as known at the end of each day on which a grade came or went.
with changed as (
    select known_from as known_on
    from education.fct_education__nota_version
    union
    select known_to
    from education.fct_education__nota_version
    where known_to is not null
)

select
    changed.known_on,
    nota_version.disciplina,
    avg(nota_version.nota)::decimal(6, 4) as average_grade,
    count(*) as grade_count
from changed
inner join education.fct_education__nota_version as nota_version
    on
        changed.known_on >= nota_version.known_from
        and (nota_version.known_to is null or changed.known_on < nota_version.known_to)
group by all
order by changed.known_on desc, nota_version.disciplina asc
