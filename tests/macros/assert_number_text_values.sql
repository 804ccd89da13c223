-- Digits with the decimal mark of the sender, a leading minus, an exponent: nothing else is one.

with example as (
    select '12' as given, '.' as mark, '12' as expected
    union all select '-12', ',', '-12'
    union all select '1.5', '.', '1.5'
    union all select '1,5', ',', '1.5'
    union all select '-0,25', ',', '-0.25'
    union all select '1,5', '.', nullif('', '')
    union all select '1.5', ',', nullif('', '')
    union all select '1.234', ',', nullif('', '')
    union all select '1.234,5', ',', nullif('', '')
    union all select '123456789012', '.', '123456789012'
    union all select '1234567890123', '.', nullif('', '')
    union all select '0.123456789012345678', '.', '0.123456789012345678'
    union all select '0.1234567890123456789', '.', nullif('', '')
    union all select '1.', '.', nullif('', '')
    union all select '.5', '.', nullif('', '')
    union all select '1e3', '.', '1000'
    union all select '1.5E-2', '.', '0.015'
    union all select '-1,5E1', ',', '-15'
    union all select '1.5E1', ',', nullif('', '')
    union all select '5.0E-4', '.', '0.0005'
    union all select '5.0E-9', '.', '0.000000005'
    union all select '0.0E-9', '.', '0'
    union all select '1e12', '.', nullif('', '')
    union all select '24.000', '.', '24'
    union all select '24.500', '.', '24.5'
    union all select '24,000', ',', '24'
    union all select '0.0', '.', '0'
    union all select '0.5000000000000000000000', '.', '0.5'
    union all select '1200000000000000', '.', nullif('', '')
    union all select '+1', '.', nullif('', '')
    union all select ' 1', '.', nullif('', '')
    union all select '1' || chr(10), '.', nullif('', '')
    union all select 'NaN', '.', nullif('', '')
    union all select '', '.', nullif('', '')
    union all select nullif('', ''), '.', nullif('', '')
),

answered as (
    select
        given,
        mark,
        expected,
        {{ number_text('given', 'mark') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
