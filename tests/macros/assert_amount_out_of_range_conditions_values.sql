-- One condition per column: the text is an amount that its decimal(18,2) could not take.

with example as (
    select listed.*
    from (
        values
        ('NaN', cast(null as decimal(18, 2)), true),
        ('10000000000000000', null, true),
        ('abc', null, false),
        ('5,00', 5.00, false),
        ('', null, false)
    ) as listed (amount_text, amount, expected)
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
