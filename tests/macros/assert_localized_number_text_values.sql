-- The language decides what a mark means: groups are whole or absent: no sign, blank or exponent.

with example as (
    select listed.*
    from (
        values
        ('pt-br', '4.273.841.357', '4273841357', '4273841357'),
        ('en-us', '4,270,903,023', '4270903023', '4270903023'),
        ('pt-br', '2,710', null, '2.710'),
        ('en-us', '2,710', '2710', '2710'),
        ('pt-br', '11.025', '11025', '11025'),
        ('en-us', '11.025', null, '11.025'),
        ('pt-br', '100', '100', '100'),
        ('en-us', '4270903023', '4270903023', '4270903023'),
        ('pt-br', '18.553.794,874', null, '18553794.874'),
        ('en-us', '16,036,751.1', null, '16036751.1'),
        ('pt-br', '0,0005', null, null),
        ('pt-br', '1.23', null, null),
        ('pt-br', '1234.567', null, null),
        ('pt-br', '.123', null, null),
        ('pt-br', '1..234', null, null),
        ('en-us', '42,70,903', null, null),
        ('en-us', '1,234,5', null, null),
        ('en-us', '1.', null, null),
        ('en-us', '.5', null, null),
        ('en-us', '-5', null, null),
        ('en-us', ' 5', '5', '5'),
        ('pt-br', chr(160) || '2,710 ', null, '2.710'),
        ('en-us', '1e3', null, null),
        ('en-us', '', null, null),
        ('en-us', null, null, null),
        ('de-de', '100', null, null),
        (null, '100', null, null)
    ) as listed (idioma, given, whole, three)
),

answered as (
    select
        idioma,
        given,
        whole,
        three,
        {{ localized_number_text('given', 'idioma', 0) }} as actual_whole,
        {{ localized_number_text('given', 'idioma', 3) }} as actual_three
    from example
)

select * from answered
where actual_whole is distinct from whole or actual_three is distinct from three
