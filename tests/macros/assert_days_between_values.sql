-- Days from the first date to the second: signed, over leap days and year ends.

with example as (
    select
        date '2024-01-01' as given_from,
        date '2024-01-31' as given_to,
        cast(30 as bigint) as expected
    union all select date '2024-02-28', date '2024-03-01', 2
    union all select date '2023-02-28', date '2023-03-01', 1
    union all select date '2023-12-31', date '2024-01-01', 1
    union all select date '2024-01-05', date '2024-01-05', 0
    union all select date '2024-01-05', date '2024-01-02', -3
    union all select date '2024-01-05', cast(null as date), cast(null as bigint)
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
