-- Days from the first date to the second: signed, over leap days and year ends.

with example as (
    select listed.*
    from (
        values
        (date '2024-01-01', date '2024-01-31', cast(30 as bigint)),
        (date '2024-02-28', date '2024-03-01', 2),
        (date '2023-02-28', date '2023-03-01', 1),
        (date '2023-12-31', date '2024-01-01', 1),
        (date '2024-01-05', date '2024-01-05', 0),
        (date '2024-01-05', date '2024-01-02', -3),
        (date '2024-01-05', cast(null as date), cast(null as bigint))
    ) as listed (given_from, given_to, expected)
),

answered as (
    select
        given_from,
        given_to,
        expected,
        {{ days_between('given_from', 'given_to') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
