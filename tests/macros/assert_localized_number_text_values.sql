-- The language decides what a mark means: groups are whole or absent: no sign, blank or exponent.

with example as (
    select
        'pt-br' as idioma,
        '4.273.841.357' as given,
        '4273841357' as whole,
        '4273841357' as three
    union all select 'en-us', '4,270,903,023', '4270903023', '4270903023'
    union all select 'pt-br', '2,710', nullif('', ''), '2.710'
    union all select 'en-us', '2,710', '2710', '2710'
    union all select 'pt-br', '11.025', '11025', '11025'
    union all select 'en-us', '11.025', nullif('', ''), '11.025'
    union all select 'pt-br', '100', '100', '100'
    union all select 'en-us', '4270903023', '4270903023', '4270903023'
    union all select 'pt-br', '18.553.794,874', nullif('', ''), '18553794.874'
    union all select 'en-us', '16,036,751.1', nullif('', ''), '16036751.1'
    union all select 'pt-br', '0,0005', nullif('', ''), nullif('', '')
    union all select 'pt-br', '1.23', nullif('', ''), nullif('', '')
    union all select 'pt-br', '1234.567', nullif('', ''), nullif('', '')
    union all select 'pt-br', '.123', nullif('', ''), nullif('', '')
    union all select 'pt-br', '1..234', nullif('', ''), nullif('', '')
    union all select 'en-us', '42,70,903', nullif('', ''), nullif('', '')
    union all select 'en-us', '1,234,5', nullif('', ''), nullif('', '')
    union all select 'en-us', '1.', nullif('', ''), nullif('', '')
    union all select 'en-us', '.5', nullif('', ''), nullif('', '')
    union all select 'en-us', '-5', nullif('', ''), nullif('', '')
    union all select 'en-us', ' 5', '5', '5'
    union all select 'pt-br', chr(160) || '2,710 ', nullif('', ''), '2.710'
    union all select 'en-us', '1e3', nullif('', ''), nullif('', '')
    union all select 'en-us', '', nullif('', ''), nullif('', '')
    union all select 'en-us', nullif('', ''), nullif('', ''), nullif('', '')
    union all select 'de-de', '100', nullif('', ''), nullif('', '')
    union all select nullif('', ''), '100', nullif('', ''), nullif('', '')
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
