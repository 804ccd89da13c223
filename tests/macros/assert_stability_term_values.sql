-- (p - q) ln(p / q) by hand: shares floored at 0.0001, none where nothing is to be compared with.

with example as (
    select
        1 as n, 1 as held, 4 as total, 3 as before_held, 4 as before_total,
        0.549306144334 as expected
    union all select 2, 1, 2, 1, 2, 0.000000000000
    union all select 3, 0, 4, 0, 9, 0.000000000000
    union all select 4, 2, 4, 0, 4, 4.257744876389
    union all select 5, 0, 4, 2, 4, 4.257744876389
    union all select 6, 1, 1000000, 1, 20000, 0.000000000000
),

answered as (
    select
        n,
        cast(expected as decimal(18, 12)) as expected,
        {{ stability_term('held', 'total', 'before_held', 'before_total') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
