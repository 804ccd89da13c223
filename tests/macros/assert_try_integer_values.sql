-- Whole numbers of at most 19 digits within bigint: a fraction of zeros is understood, unless it
-- has three of them, and an exponent where the number is whole: blanks around go: all else is null.

with example as (
    select listed.*
    from (
        values
        ('11', cast(11 as bigint)),
        ('11.0', 11),
        ('11.00', 11),
        ('11.0000', 11),
        ('11.000000000000000000', 11),
        ('11.000', cast(null as bigint)),
        ('-7', -7),
        ('-7.0', -7),
        ('0', 0),
        ('007', 7),
        ('9223372036854775807', 9223372036854775807),
        ('9223372036854775807.0', 9223372036854775807),
        ('9223372036854775808', cast(null as bigint)),
        ('9999999999999999999', cast(null as bigint)),
        ('12345678901234567890', cast(null as bigint)),
        ('1.5', cast(null as bigint)),
        ('11.', cast(null as bigint)),
        ('.0', cast(null as bigint)),
        ('11,0', cast(null as bigint)),
        ('1e3', 1000),
        ('1.23456789E7', cast(null as bigint)),
        ('1.23456789E8', 123456789),
        ('-1.5e+1', -15),
        ('150e-1', 15),
        ('1.500E1', 15),
        ('15e-1', cast(null as bigint)),
        ('0E-18', 0),
        ('9.223372036854775807E18', 9223372036854775807),
        ('9.223372036854775808E18', cast(null as bigint)),
        ('1e19', cast(null as bigint)),
        ('1e', cast(null as bigint)),
        ('e3', cast(null as bigint)),
        ('1,5e1', cast(null as bigint)),
        ('1e3.0', cast(null as bigint)),
        ('1e-0', 1),
        ('1_000', cast(null as bigint)),
        ('1 000', cast(null as bigint)),
        ('0x10', cast(null as bigint)),
        ('+5', cast(null as bigint)),
        ('--5', cast(null as bigint)),
        (' 5', 5),
        ('5 ', 5),
        ('5' || chr(10), 5),
        (chr(160) || '5.0' || chr(9), 5),
        ({{ characters([8203]) }} || '1' || {{ characters([65279]) }} || '2', 12),
        (' 1e3 ', 1000),
        (' 11.000', cast(null as bigint)),
        ('NULL', cast(null as bigint)),
        ('abc', cast(null as bigint)),
        ('-', cast(null as bigint)),
        ('', cast(null as bigint)),
        (null, cast(null as bigint))
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ try_integer('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
