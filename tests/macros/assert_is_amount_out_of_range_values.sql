-- NaN, the infinities and amounts of more than 16 digits are out of range: a text that is no
-- amount at all is not (it is unparsable).

with example as (
    select listed.*
    from (
        values
        ('NaN', true),
        ('nan', true),
        ('inf', true),
        ('-inf', true),
        ('+Infinity', true),
        ('INFINITY', true),
        ('10000000000000000', true),
        ('-10000000000000000,00', true),
        ('1000000000000000000', true),
        ('99.999.999.999.999.999.999,00', true),
        ('9999999999999999.99', false),
        ('0', false),
        ('5,00', false),
        ('nano', false),
        ('infinite', false),
        ('1e16', true),
        ('1e20', true),
        ('1e37', true),
        (' NaN ', true),
        ('1e15', false),
        ('1e-20', false),
        ('abc', false),
        ('', false),
        (null, false),
        ('NULL', false)
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ is_amount_out_of_range('given', amount_text('given')) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
