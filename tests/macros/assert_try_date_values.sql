-- Strictly YYYY-MM-DD, a real day, years 1900 to 2100: engines' own casts read more than that. An
-- instant is a date at midnight in UTC only.

with example as (
    select '2024-01-05' as given, date '2024-01-05' as expected
    union all select '2024-02-29', date '2024-02-29'
    union all select '1900-01-01', date '1900-01-01'
    union all select '2100-12-31', date '2100-12-31'
    union all select '1899-12-31', cast(null as date)
    union all select '2101-01-01', cast(null as date)
    union all select '0001-01-01', cast(null as date)
    union all select '9999-12-31', cast(null as date)
    union all select '2023-02-29', cast(null as date)
    union all select '2024-02-30', cast(null as date)
    union all select '2024-13-01', cast(null as date)
    union all select '2024-00-01', cast(null as date)
    union all select '2024-1-5', cast(null as date)
    union all select '2024-01', cast(null as date)
    union all select '2024', cast(null as date)
    union all select '20240105', cast(null as date)
    union all select '2024/01/05', cast(null as date)
    union all select '05/01/2024', cast(null as date)
    union all select '2024-01-05 00:00:00', date '2024-01-05'
    union all select '2024-01-05T00:00:00', date '2024-01-05'
    union all select '2024-01-05T00:00:00.000Z', date '2024-01-05'
    union all select '2024-01-05 00:00:00.000000000+00:00', date '2024-01-05'
    union all select '2024-01-04T21:00:00-03:00', date '2024-01-05'
    union all select '2024-03-01T14:00:00+14', date '2024-03-01'
    union all select '2024-01-05T00:00:00-03:00', cast(null as date)
    union all select '2024-01-05T03:00:00Z', cast(null as date)
    union all select '2024-01-05 00:00:00.000001', cast(null as date)
    union all select '2023-02-29 00:00:00', cast(null as date)
    union all select '2101-01-01 00:00:00', cast(null as date)
    union all select ' 2024-01-05', date '2024-01-05'
    union all select '2024-01-05 ', date '2024-01-05'
    union all select '2024-01-05' || chr(10), date '2024-01-05'
    union all select {{ characters([65279]) }} || '2024-01-05', date '2024-01-05'
    union all select ' 2024-01-05T00:00:00Z ', date '2024-01-05'
    union all select ' 2024-1-5', cast(null as date)
    union all select 'today', cast(null as date)
    union all select '', cast(null as date)
    union all select nullif('', ''), cast(null as date)
),

answered as (
    select
        given,
        expected,
        {{ try_date('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
