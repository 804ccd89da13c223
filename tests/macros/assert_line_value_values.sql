-- The value as it is, or times the quantity, by the variable: null where a factor is not known.

with example as (
    select listed.*
    from (
        values
        (
            cast(50 as decimal(18, 2)), cast(10 as bigint), cast(50 as decimal(18, 2)),
            cast(500 as decimal(18, 2))
        ),
        (0.35, 3, 0.35, 1.05),
        (-5.50, 2, -5.50, -11.00),
        (5.00, 0, 5.00, 0.00),
        (9999999999999999.99, 1, 9999999999999999.99, 9999999999999999.99),
        (5.00, null, 5.00, null),
        (null, 3, null, null)
    ) as listed (purchase_value, item_quantity, expected_line_total, expected_unit_times_quantity)
),

answered as (
    select
        purchase_value,
        item_quantity,
        expected_{{ var('commerce_value_rule') }} as expected,
        {{ line_value() }} as actual
    from example
)

select * from answered
where actual is distinct from expected
