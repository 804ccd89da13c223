-- The average of each subject as known at the end of each day on which a grade came or went.
with changed as (
    select distinct known_on
    from (
        select known_from as known_on from education.fct_education__nota_version
        union all
        select known_to from education.fct_education__nota_version
    )
    where known_on is not null
)

select
    changed.known_on,
    nota_version.disciplina,
    avg(nota_version.nota)::decimal(6, 4) as average_grade,
    count(*) as grade_count
from changed
inner join education.fct_education__nota_version as nota_version
    on
        nota_version.known_from <= changed.known_on
        and (nota_version.known_to is null or nota_version.known_to > changed.known_on)
group by all
order by changed.known_on desc, nota_version.disciplina asc
