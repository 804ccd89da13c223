select
    avg(nota)::decimal(6, 4) as average_grade,
    count(*) as grade_count,
    count(distinct escola_id) as school_count
from education.fct_education__performance_academica
having count(*) > 0
