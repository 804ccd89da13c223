-- decimal(18,2): 16 digits before the decimals are held exactly, 17 are null and no error.

with example as (
    select listed.*
    from (
        values
        ('2400,00', cast(2400 as decimal(18, 2))),
        ('2400.0', 2400.00),
        ('0,1', 0.10),
        ('-0.01', -0.01),
        ('1.234,56', 1234.56),
        ('9999999999999999.99', 9999999999999999.99),
        ('-9999999999999999,99', -9999999999999999.99),
        ('0000000000000000000012,50', 12.50),
        ('10000000000000000', cast(null as decimal(18, 2))),
        ('1000000000000000000', cast(null as decimal(18, 2))),
        ('1.239', cast(null as decimal(18, 2))),
        ('50.000000000000000000', 50.00),
        ('1.23456789E7', 12345678.90),
        ('1e3', 1000.00),
        ('-5.0E-1', -0.50),
        ('1250e-2', 12.50),
        ('1.2500E1', 12.50),
        ('0E-18', 0.00),
        ('1.234e2', 123.40),
        ('9.99999999999999999E15', 9999999999999999.99),
        ('1.234567E1', cast(null as decimal(18, 2))),
        ('1.5E-2', cast(null as decimal(18, 2))),
        ('1E-19', cast(null as decimal(18, 2))),
        ('1.00000000000000000001E0', cast(null as decimal(18, 2))),
        ('1E16', cast(null as decimal(18, 2))),
        (' 1.5e1 ', 15.00),
        ('NaN', cast(null as decimal(18, 2))),
        ('abc', cast(null as decimal(18, 2))),
        ('', cast(null as decimal(18, 2))),
        (null, cast(null as decimal(18, 2)))
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ try_amount('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
