-- Whole numbers of at most 19 digits within bigint: a fraction of zeros is understood, unless it
-- has three of them, and an exponent where the number is whole: blanks around go: all else is null.

with example as (
    select '11' as given, cast(11 as bigint) as expected
    union all select '11.0', 11
    union all select '11.00', 11
    union all select '11.0000', 11
    union all select '11.000000000000000000', 11
    union all select '11.000', cast(null as bigint)
    union all select '-7', -7
    union all select '-7.0', -7
    union all select '0', 0
    union all select '007', 7
    union all select '9223372036854775807', 9223372036854775807
    union all select '9223372036854775807.0', 9223372036854775807
    union all select '9223372036854775808', cast(null as bigint)
    union all select '9999999999999999999', cast(null as bigint)
    union all select '12345678901234567890', cast(null as bigint)
    union all select '1.5', cast(null as bigint)
    union all select '11.', cast(null as bigint)
    union all select '.0', cast(null as bigint)
    union all select '11,0', cast(null as bigint)
    union all select '1e3', 1000
    union all select '1.23456789E7', cast(null as bigint)
    union all select '1.23456789E8', 123456789
    union all select '-1.5e+1', -15
    union all select '150e-1', 15
    union all select '1.500E1', 15
    union all select '15e-1', cast(null as bigint)
    union all select '0E-18', 0
    union all select '9.223372036854775807E18', 9223372036854775807
    union all select '9.223372036854775808E18', cast(null as bigint)
    union all select '1e19', cast(null as bigint)
    union all select '1e', cast(null as bigint)
    union all select 'e3', cast(null as bigint)
    union all select '1,5e1', cast(null as bigint)
    union all select '1e3.0', cast(null as bigint)
    union all select '1e-0', 1
    union all select '1_000', cast(null as bigint)
    union all select '1 000', cast(null as bigint)
    union all select '0x10', cast(null as bigint)
    union all select '+5', cast(null as bigint)
    union all select '--5', cast(null as bigint)
    union all select ' 5', 5
    union all select '5 ', 5
    union all select '5' || chr(10), 5
    union all select chr(160) || '5.0' || chr(9), 5
    union all select {{ characters([8203]) }} || '1' || {{ characters([65279]) }} || '2', 12
    union all select ' 1e3 ', 1000
    union all select ' 11.000', cast(null as bigint)
    union all select 'NULL', cast(null as bigint)
    union all select 'abc', cast(null as bigint)
    union all select '-', cast(null as bigint)
    union all select '', cast(null as bigint)
    union all select nullif('', ''), cast(null as bigint)
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
