-- Whole numbers of at most 19 digits within bigint; a fraction of zeros is understood, all else is
-- null.

with example as (
    select '11' as given, cast(11 as bigint) as expected
    union all select '11.0', 11
    union all select '11.000', 11
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
    union all select '1e3', cast(null as bigint)
    union all select '1_000', cast(null as bigint)
    union all select '1 000', cast(null as bigint)
    union all select '0x10', cast(null as bigint)
    union all select '+5', cast(null as bigint)
    union all select '--5', cast(null as bigint)
    union all select ' 5', cast(null as bigint)
    union all select '5 ', cast(null as bigint)
    union all select '5' || chr(10), cast(null as bigint)
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
