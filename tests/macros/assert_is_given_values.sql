-- Null and empty text say nothing; blanks do say something (and are then unreadable).

with example as (
    select 'x' as given, true as expected
    union all select '0', true
    union all select ' ', true
    union all select '', false
    union all select nullif('', ''), false
),

answered as (
    select
        given,
        expected,
        {{ is_given('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
