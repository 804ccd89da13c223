-- Day first in Portuguese, month first in English, two digits each, a real day of this century.

with example as (
    select listed.*
    from (
        values
        ('pt-br', '10/07/25', date '2025-07-10'),
        ('en-us', '04/07/25', date '2025-04-07'),
        ('pt-br', '04/07/25', date '2025-07-04'),
        ('pt-br', '29/02/24', date '2024-02-29'),
        ('en-us', '12/31/99', date '2099-12-31'),
        ('pt-br', '01/01/00', date '2000-01-01'),
        ('pt-br', '29/02/25', cast(null as date)),
        ('pt-br', '12/31/25', cast(null as date)),
        ('en-us', '31/12/25', cast(null as date)),
        ('pt-br', '10/07/2025', cast(null as date)),
        ('pt-br', '1/7/25', cast(null as date)),
        ('pt-br', '10-07-25', cast(null as date)),
        ('pt-br', ' 10/07/25', date '2025-07-10'),
        ('pt-br', ' 1/7/25', cast(null as date)),
        ('pt-br', '', cast(null as date)),
        ('pt-br', null, cast(null as date)),
        ('fr-fr', '10/07/25', cast(null as date)),
        (null, '10/07/25', cast(null as date))
    ) as listed (idioma, given, expected)
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
