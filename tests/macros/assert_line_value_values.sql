-- The value as it is, or times the quantity, by the variable: null where a factor is not known.

with example as (
    select
        cast(50 as decimal(18, 2)) as purchase_value,
        cast(10 as bigint) as item_quantity,
        cast(50 as decimal(18, 2)) as expected_line_total,
        cast(500 as decimal(18, 2)) as expected_unit_times_quantity
    union all select 0.35, 3, 0.35, 1.05
    union all select -5.50, 2, -5.50, -11.00
    union all select 5.00, 0, 5.00, 0.00
    union all select 9999999999999999.99, 1, 9999999999999999.99, 9999999999999999.99
    union all select 5.00, null, 5.00, null
    union all select null, 3, null, null
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
