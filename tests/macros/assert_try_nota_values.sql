-- From 0 to 10 with at most two decimals, comma or point: anything else is no grade.

with example as (
    select '8.5' as given, cast(8.5 as decimal(4, 2)) as expected
    union all select '8,5', 8.50
    union all select '9.0', 9.00
    union all select '10', 10.00
    union all select '10.00', 10.00
    union all select '0', 0.00
    union all select '-0,0', 0.00
    union all select '7,25', 7.25
    union all select '007', 7.00
    union all select '10.01', cast(null as decimal(4, 2))
    union all select '-0.01', cast(null as decimal(4, 2))
    union all select '100', cast(null as decimal(4, 2))
    union all select '1.234,56', cast(null as decimal(4, 2))
    union all select '99999999999999999999', cast(null as decimal(4, 2))
    union all select '8.555', cast(null as decimal(4, 2))
    union all select ' 8', 8.00
    union all select '8.5000', 8.50
    union all select '8.5E0', 8.50
    union all select '1E1', 10.00
    union all select '8.500', cast(null as decimal(4, 2))
    union all select '8.', cast(null as decimal(4, 2))
    union all select 'dez', cast(null as decimal(4, 2))
    union all select 'NaN', cast(null as decimal(4, 2))
    union all select '', cast(null as decimal(4, 2))
    union all select nullif('', ''), cast(null as decimal(4, 2))
),

answered as (
    select
        given,
        expected,
        {{ try_nota('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
