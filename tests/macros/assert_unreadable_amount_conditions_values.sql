-- As `unreadable_conditions`, without the amounts that are only out of range: those have a reason
-- of their own.

with example as (
    select listed.*
    from (
        values
        ('abc', cast(null as decimal(18, 2)), true),
        ('1.234', null, true),
        ('NaN', null, false),
        ('10000000000000000', null, false),
        ('5,00', 5.00, false),
        ('', null, false),
        (' NULL', null, false),
        (null, null, false)
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
        {{ unreadable_amount_conditions(['amount']) | join(' or ') }} as actual
    from digested
)

select * from answered
where actual is distinct from expected
