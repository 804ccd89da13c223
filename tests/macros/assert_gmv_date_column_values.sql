-- The business day is the column the variable names.

with example as (
    select
        date '2024-01-05' as order_date,
        date '2024-02-06' as release_date
),

answered as (
    select
        case '{{ var('commerce_gmv_date') }}'
            when 'release_date' then date '2024-02-06'
            when 'order_date' then date '2024-01-05'
        end as expected,
        {{ gmv_date_column() }} as actual
    from example
)

select * from answered
where actual is distinct from expected
