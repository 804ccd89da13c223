-- (p - q) ln(p / q) by hand: shares floored at 0.0001, none where nothing is to be compared with.

with example as (
    select listed.*
    from (
        values
        (1, 1, 4, 3, 4, 0.549306144334),
        (2, 1, 2, 1, 2, 0.000000000000),
        (3, 0, 4, 0, 9, 0.000000000000),
        (4, 2, 4, 0, 4, 4.257744876389),
        (5, 0, 4, 2, 4, 4.257744876389),
        (6, 1, 1000000, 1, 20000, 0.000000000000)
    ) as listed (n, held, total, before_held, before_total, expected)
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
