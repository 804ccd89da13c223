-- Digits with the decimal mark of the sender, a leading minus, an exponent: nothing else is one.

with example as (
    select listed.*
    from (
        values
        ('12', '.', '12'),
        ('-12', ',', '-12'),
        ('1.5', '.', '1.5'),
        ('1,5', ',', '1.5'),
        ('-0,25', ',', '-0.25'),
        ('1,5', '.', null),
        ('1.5', ',', null),
        ('1.234', ',', null),
        ('1.234,5', ',', null),
        ('123456789012', '.', '123456789012'),
        ('1234567890123', '.', null),
        ('0.123456789012345678', '.', '0.123456789012345678'),
        ('0.1234567890123456789', '.', null),
        ('1.', '.', null),
        ('.5', '.', null),
        ('1e3', '.', '1000'),
        ('1.5E-2', '.', '0.015'),
        ('-1,5E1', ',', '-15'),
        ('1.5E1', ',', null),
        ('5.0E-4', '.', '0.0005'),
        ('5.0E-9', '.', '0.000000005'),
        ('0.0E-9', '.', '0'),
        ('1e12', '.', null),
        ('24.000', '.', '24'),
        ('24.500', '.', '24.5'),
        ('24,000', ',', '24'),
        ('0.0', '.', '0'),
        ('0.5000000000000000000000', '.', '0.5'),
        ('1200000000000000', '.', null),
        ('+1', '.', null),
        (' 1', '.', null),
        ('1' || chr(10), '.', null),
        ('NaN', '.', null),
        ('', '.', null),
        (null, '.', null)
    ) as listed (given, mark, expected)
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
