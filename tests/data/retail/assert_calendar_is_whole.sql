-- The calendar has every day from 1 January of the first year with a sale to 31 December of the
-- last, once: a month has one name and an ISO week seven days, except at the two ends.

with calendar as (
    select * from {{ ref('dim_retail__data') }}
),

sold as (
    select
        min(year(data_venda)) as first_year,
        max(year(data_venda)) as last_year
    from {{ ref('fct_retail__venda') }}
),

extent as (
    select
        min(data_calendario) as first_day,
        max(data_calendario) as last_day,
        count(*) as day_count
    from calendar
),

week as (
    select
        ano_semana,
        semana,
        min(data_calendario) as first_day,
        max(data_calendario) as last_day,
        count(*) as day_count,
        min(dia_da_semana) as first_weekday
    from calendar
    group by ano_semana, semana
)

select 'extent' as problem
from extent
cross join sold
where
    year(extent.first_day) <> sold.first_year
    or year(extent.last_day) <> sold.last_year
    or month(extent.first_day) <> 1
    or day(extent.first_day) <> 1
    or month(extent.last_day) <> 12
    or day(extent.last_day) <> 31
    or {{ days_between('extent.first_day', 'extent.last_day') }} + 1 <> extent.day_count
union all
select 'week' as problem
from week
cross join extent
where
    week.first_day > extent.first_day
    and week.last_day < extent.last_day
    and (week.day_count <> 7 or week.first_weekday <> 1)
union all
select 'empty' as problem
from sold
where sold.first_year is not null and not exists (select 1 from calendar)
