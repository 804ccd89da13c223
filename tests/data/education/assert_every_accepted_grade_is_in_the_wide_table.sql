-- As many rows in the wide table as grades are accepted and current, and as many open versions as
-- grades are current or waiting: no grade is lost on its way to its pupil, and none doubled.

with nota_status as (
    select row_status
    from {{ ref('int_education__row_status') }}
    where entity = 'nota'
),

counted as (
    select
        (select count(*) from {{ ref('fct_education__performance_academica') }}) as wide_count,
        (select count_if(known_to is null) from {{ ref('fct_education__nota_version') }})
            as open_count,
        (select count_if(row_status = 'current') from nota_status) as current_count,
        (select count_if(row_status = 'waiting') from nota_status) as waiting_count
)

select * from counted
where wide_count <> current_count or open_count <> current_count + waiting_count
