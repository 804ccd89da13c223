-- NaN, the infinities and amounts of more than 16 digits are out of range: a text that is no
-- amount at all is not (it is unparsable).

with example as (
    select 'NaN' as given, true as expected
    union all select 'nan', true
    union all select 'inf', true
    union all select '-inf', true
    union all select '+Infinity', true
    union all select 'INFINITY', true
    union all select '10000000000000000', true
    union all select '-10000000000000000,00', true
    union all select '1000000000000000000', true
    union all select '99.999.999.999.999.999.999,00', true
    union all select '9999999999999999.99', false
    union all select '0', false
    union all select '5,00', false
    union all select 'nano', false
    union all select 'infinite', false
    union all select '1e16', true
    union all select '1e20', true
    union all select '1e37', true
    union all select ' NaN ', true
    union all select '1e15', false
    union all select '1e-20', false
    union all select 'abc', false
    union all select '', false
    union all select nullif('', ''), false
    union all select 'NULL', false
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
