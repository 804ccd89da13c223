-- A whole word of the list, never a part of one: null is an empty list.

with example as (
    select listed.*
    from (
        values
        ('loan', true),
        ('a,loan', true),
        ('a,loan,b', true),
        ('loan_a,a_loan', false),
        ('', false),
        (null, false)
    ) as listed (codes, expected)
),

answered as (
    select
        codes,
        expected,
        {{ listed_in('codes', 'loan') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
