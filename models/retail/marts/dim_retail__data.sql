-- Grain: one row per day of the calendar years from the first to the last sale. Made of a list of
-- years and the days of a leap year: Athena's sequence ends at 10,000 entries, which one sale dated
-- 1990 by mistake would pass.

with venda as (
    select * from {{ ref('fct_retail__venda') }}
),

sold_year as (
    select
        min(year(data_venda)) as first_year,
        max(year(data_venda)) as last_year
    from venda
),

listed_year as (
    select year_list.ano
    from (
        values
        {% for listed in range(1900, 2101) %}
        ({{ listed }}){{ ',' if not loop.last }}
        {% endfor %}
    ) as year_list (ano)
    inner join sold_year
        on year_list.ano between sold_year.first_year and sold_year.last_year
),

leap_year_day as (
    {{ date_spine("date '2000-01-01'", "date '2000-12-31'") }}
),

calendar_day as (
    -- 29 February is no day of most years: null.
    select
        try_cast(
            cast(listed_year.ano as {{ dbt.type_string() }})
            || substr(cast(leap_year_day.calendar_date as {{ dbt.type_string() }}), 5, 6)
            as date
        ) as data_calendario
    from listed_year
    cross join leap_year_day
),

weekday as (
    select
        data_calendario,
        {{ iso_day_of_week('data_calendario') }} as dia_da_semana
    from calendar_day
    where data_calendario is not null
),

calendar as (
    select
        data_calendario,
        cast(year(data_calendario) as bigint) as ano,
        cast(quarter(data_calendario) as bigint) as trimestre,
        cast(month(data_calendario) as bigint) as mes,
        {{ month_name_pt('month(data_calendario)') }} as nome_mes,
        {{ year_month('data_calendario') }} as ano_mes,
        -- An ISO week lies in the year of its Thursday.
        cast(
            year(cast(data_calendario + (4 - dia_da_semana) * interval '1' day as date)) as bigint
        ) as ano_semana,
        cast({{ iso_week('data_calendario') }} as bigint) as semana,
        cast(dia_da_semana as bigint) as dia_da_semana,
        {{ weekday_name_pt('dia_da_semana') }} as nome_dia_da_semana
    from weekday
)

select * from calendar
