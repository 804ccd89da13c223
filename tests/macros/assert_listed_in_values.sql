-- A whole word of the list, never a part of one: null is an empty list.

with example as (
    select 'loan' as codes, true as expected
    union all select 'a,loan', true
    union all select 'a,loan,b', true
    union all select 'loan_a,a_loan', false
    union all select '', false
    union all select nullif('', ''), false
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
