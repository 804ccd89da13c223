-- All decimals, small ones and zero too.

with example as (
    select cast('0' as decimal(38, 18)) as given, '0.000000000000000000' as expected
    union all select cast('-0.000000000000000001' as decimal(38, 18)), '-0.000000000000000001'
    union all select
        cast('12345678901234567890.5' as decimal(38, 18)),
        '12345678901234567890.500000000000000000'
    union all select cast(null as decimal(38, 18)), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ decimal_text('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
