-- Comma or point, at most two decimals or zeros beyond: groups of three only beside a decimal
-- separator of the other kind, so 1.234 and 1,234 are no amounts: which of two numbers they mean
-- cannot be known. An exponent: see assert_try_amount_values.

with example as (
    select '2400,00' as given, '2400.00' as expected
    union all select '2400.0', '2400.0'
    union all select '2400', '2400'
    union all select '2400,5', '2400.5'
    union all select '-5', '-5'
    union all select '-5,00', '-5.00'
    union all select '0', '0'
    union all select '1.234,56', '1234.56'
    union all select '1,234.56', '1234.56'
    union all select '-1.234.567,8', '-1234567.8'
    union all select '1,234,567.89', '1234567.89'
    union all select '3312.0000', '3312.00'
    union all select '3312,5000', '3312.50'
    union all select '-0.120000000000000000', '-0.12'
    union all select '1.234,5600', '1234.56'
    union all select '1,234.5600', '1234.56'
    union all select '1.0000', '1.00'
    union all select '2.000', nullif('', '')
    union all select '2,000', nullif('', '')
    union all select '1.2340', nullif('', '')
    union all select '1.00001', nullif('', '')
    union all select '1.234,560', nullif('', '')
    union all select '1.234', nullif('', '')
    union all select '1,234', nullif('', '')
    union all select '1.234.567', nullif('', '')
    union all select '12.34,56', nullif('', '')
    union all select '1234.567,00', nullif('', '')
    union all select '1.234,567', nullif('', '')
    union all select '1,234,56', nullif('', '')
    union all select '1,234.56,78', nullif('', '')
    union all select '.5', nullif('', '')
    union all select '5.', nullif('', '')
    union all select '5,', nullif('', '')
    union all select '+5', nullif('', '')
    union all select '5-', nullif('', '')
    union all select '1e', nullif('', '')
    union all select '1,5e3', nullif('', '')
    union all select '1 234,56', nullif('', '')
    union all select 'R$ 5,00', nullif('', '')
    union all select ' 5', '5'
    union all select '5 ', '5'
    union all select '5' || chr(10), '5'
    union all select '5,00' || chr(10), '5.00'
    union all select chr(160) || '1.234,56' || {{ characters([8239]) }}, '1234.56'
    union all select ' 2.000', nullif('', '')
    union all select 'NULL', nullif('', '')
    union all select 'NaN', nullif('', '')
    union all select '', nullif('', '')
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ amount_text('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
