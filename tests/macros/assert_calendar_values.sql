-- Day of the week, ISO week, names and year-month of dates, and the spine that lists them.

with spine as (
    {{ date_spine("date '2024-12-28'", "date '2025-01-01'") }}
),

answered as (
    select
        calendar_date,
        {{ iso_day_of_week('calendar_date') }} as day_of_week,
        {{ iso_week('calendar_date') }} as week_number,
        {{ weekday_name_pt(iso_day_of_week('calendar_date')) }} as weekday_name,
        {{ month_name_pt('month(calendar_date)') }} as month_name,
        {{ year_month('calendar_date') }} as year_and_month
    from spine
),

expected as (
    select
        date '2024-12-28' as calendar_date, 6 as day_of_week, 52 as week_number,
        'sábado' as weekday_name, 'dezembro' as month_name, '2024-12' as year_and_month
    union all select date '2024-12-29', 7, 52, 'domingo', 'dezembro', '2024-12'
    union all select date '2024-12-30', 1, 1, 'segunda-feira', 'dezembro', '2024-12'
    union all select date '2024-12-31', 2, 1, 'terça-feira', 'dezembro', '2024-12'
    union all select date '2025-01-01', 3, 1, 'quarta-feira', 'janeiro', '2025-01'
)

select 'missing' as difference, missing.*
from (select * from expected except select * from answered) as missing
union all
select 'unexpected' as difference, unexpected.*
from (select * from answered except select * from expected) as unexpected
