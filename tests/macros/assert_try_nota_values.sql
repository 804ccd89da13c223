-- From 0 to 10 with at most two decimals, comma or point: anything else is no grade.

with example as (
    select listed.*
    from (
        values
        ('8.5', cast(8.5 as decimal(4, 2))),
        ('8,5', 8.50),
        ('9.0', 9.00),
        ('10', 10.00),
        ('10.00', 10.00),
        ('0', 0.00),
        ('-0,0', 0.00),
        ('7,25', 7.25),
        ('007', 7.00),
        ('10.01', cast(null as decimal(4, 2))),
        ('-0.01', cast(null as decimal(4, 2))),
        ('100', cast(null as decimal(4, 2))),
        ('1.234,56', cast(null as decimal(4, 2))),
        ('99999999999999999999', cast(null as decimal(4, 2))),
        ('8.555', cast(null as decimal(4, 2))),
        (' 8', 8.00),
        ('8.5000', 8.50),
        ('8.5E0', 8.50),
        ('1E1', 10.00),
        ('8.500', cast(null as decimal(4, 2))),
        ('8.', cast(null as decimal(4, 2))),
        ('dez', cast(null as decimal(4, 2))),
        ('NaN', cast(null as decimal(4, 2))),
        ('', cast(null as decimal(4, 2))),
        (null, cast(null as decimal(4, 2)))
    ) as listed (given, expected)
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
