-- One condition per column: the text is an amount that its decimal(18,2) could not take.

with example as (
    select 'NaN' as amount_text, cast(null as decimal(18, 2)) as amount, true as expected
    union all select '10000000000000000', null, true
    union all select 'abc', null, false
    union all select '5,00', 5.00, false
    union all select '', null, false
),

digested as (
    select
        *,
        {{ amount_text('amount_text') }} as amount_digits
    from example
),

answered as (
    select
        amount_text,
        expected,
        {{ amount_out_of_range_conditions(['amount']) | join(' or ') }} as actual
    from digested
)

select * from answered
where actual is distinct from expected
