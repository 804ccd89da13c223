-- As `unreadable_conditions`, without the amounts that are only out of range: those have a reason
-- of their own.

with example as (
    select 'abc' as amount_text, cast(null as decimal(18, 2)) as amount, true as expected
    union all select '1.234', null, true
    union all select 'NaN', null, false
    union all select '10000000000000000', null, false
    union all select '5,00', 5.00, false
    union all select '', null, false
    union all select ' NULL', null, false
    union all select nullif('', ''), null, false
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
