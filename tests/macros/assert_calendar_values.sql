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
        listed.calendar_date,
        listed.day_of_week,
        listed.week_number,
        listed.weekday_name,
        listed.month_name,
        listed.year_and_month
    from (
        values
        (date '2024-12-28', 6, 52, 'sábado', 'dezembro', '2024-12'),
        (date '2024-12-29', 7, 52, 'domingo', 'dezembro', '2024-12'),
        (date '2024-12-30', 1, 1, 'segunda-feira', 'dezembro', '2024-12'),
        (date '2024-12-31', 2, 1, 'terça-feira', 'dezembro', '2024-12'),
        (date '2025-01-01', 3, 1, 'quarta-feira', 'janeiro', '2025-01')
    ) as listed (calendar_date, day_of_week, week_number, weekday_name, month_name, year_and_month)
)

select 'missing' as difference, missing.*
from (select * from expected except select * from answered) as missing
union all
select 'unexpected' as difference, unexpected.*
from (select * from answered except select * from expected) as unexpected
