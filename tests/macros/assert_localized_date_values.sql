-- Day first in Portuguese, month first in English, two digits each, a real day of this century.

with example as (
    select 'pt-br' as idioma, '10/07/25' as given, date '2025-07-10' as expected
    union all select 'en-us', '04/07/25', date '2025-04-07'
    union all select 'pt-br', '04/07/25', date '2025-07-04'
    union all select 'pt-br', '29/02/24', date '2024-02-29'
    union all select 'en-us', '12/31/99', date '2099-12-31'
    union all select 'pt-br', '01/01/00', date '2000-01-01'
    union all select 'pt-br', '29/02/25', cast(null as date)
    union all select 'pt-br', '12/31/25', cast(null as date)
    union all select 'en-us', '31/12/25', cast(null as date)
    union all select 'pt-br', '10/07/2025', cast(null as date)
    union all select 'pt-br', '1/7/25', cast(null as date)
    union all select 'pt-br', '10-07-25', cast(null as date)
    union all select 'pt-br', ' 10/07/25', date '2025-07-10'
    union all select 'pt-br', ' 1/7/25', cast(null as date)
    union all select 'pt-br', '', cast(null as date)
    union all select 'pt-br', nullif('', ''), cast(null as date)
    union all select 'fr-fr', '10/07/25', cast(null as date)
    union all select nullif('', ''), '10/07/25', cast(null as date)
),

answered as (
    select
        idioma,
        given,
        expected,
        {{ localized_date('given', 'idioma') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
