-- As number_text writes it: a mark means that the number is not whole.

with example as (
    select '12' as given, 12 as expected
    union all select '-12', -12
    union all select '007', 7
    union all select '0', 0
    union all select '-0', 0
    union all select '999999999999', 999999999999
    union all select '1.5', nullif(0, 0)
    union all select '0.000000000000000001', nullif(0, 0)
    union all select nullif('', ''), nullif(0, 0)
),

answered as (
    select
        given,
        expected,
        {{ whole_number('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
