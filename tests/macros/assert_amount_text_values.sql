-- Comma or point, at most two decimals or zeros beyond: groups of three only beside a decimal
-- separator of the other kind, so 1.234 and 1,234 are no amounts: which of two numbers they mean
-- cannot be known. An exponent: see assert_try_amount_values.

with example as (
    select listed.*
    from (
        values
        ('2400,00', '2400.00'),
        ('2400.0', '2400.0'),
        ('2400', '2400'),
        ('2400,5', '2400.5'),
        ('-5', '-5'),
        ('-5,00', '-5.00'),
        ('0', '0'),
        ('1.234,56', '1234.56'),
        ('1,234.56', '1234.56'),
        ('-1.234.567,8', '-1234567.8'),
        ('1,234,567.89', '1234567.89'),
        ('3312.0000', '3312.00'),
        ('3312,5000', '3312.50'),
        ('-0.120000000000000000', '-0.12'),
        ('1.234,5600', '1234.56'),
        ('1,234.5600', '1234.56'),
        ('1.0000', '1.00'),
        ('2.000', null),
        ('2,000', null),
        ('1.2340', null),
        ('1.00001', null),
        ('1.234,560', null),
        ('1.234', null),
        ('1,234', null),
        ('1.234.567', null),
        ('12.34,56', null),
        ('1234.567,00', null),
        ('1.234,567', null),
        ('1,234,56', null),
        ('1,234.56,78', null),
        ('.5', null),
        ('5.', null),
        ('5,', null),
        ('+5', null),
        ('5-', null),
        ('1e', null),
        ('1,5e3', null),
        ('1 234,56', null),
        ('R$ 5,00', null),
        (' 5', '5'),
        ('5 ', '5'),
        ('5' || chr(10), '5'),
        ('5,00' || chr(10), '5.00'),
        (chr(160) || '1.234,56' || {{ characters([8239]) }}, '1234.56'),
        (' 2.000', null),
        ('NULL', null),
        ('NaN', null),
        ('', null),
        (null, null)
    ) as listed (given, expected)
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
