-- The value of a paid, not cancelled purchase with a GMV date: else null. Quantity 1, so that both
-- value rules agree: cancelled is the first status of the variable.

{% set excluded = var('commerce_excluded_statuses') | first %}
{% set in_gmv_without_order_date = 0 if var('commerce_gmv_date') == 'order_date' else 1 %}

with example as (
    select
        'paid' as given,
        '2024-01-05' as order_text,
        '2024-01-06' as release_text,
        'NEVER A STATUS' as purchase_status,
        cast(50 as decimal(18, 2)) as purchase_value,
        1 as is_expected
    union all select 'no status', '2024-01-05', '2024-01-06', nullif('', ''), 50.00, 1
    union all select 'value zero', '2024-01-05', '2024-01-06', nullif('', ''), 0.00, 1
    union all select 'not paid', '2024-01-05', nullif('', ''), nullif('', ''), 50.00, 0
    union all select 'no value', '2024-01-05', '2024-01-06', nullif('', ''), null, 0
    union all select
        'no order date', nullif('', ''), '2024-01-06', nullif('', ''), 50.00,
        {{ in_gmv_without_order_date }}
    {%- if excluded %}
    union all select
        'cancelled', '2024-01-05', '2024-01-06',
        {{ spelling_key("'" ~ excluded ~ "'", 'upper') }}, 50.00, 0
    {%- endif %}
),

typed as (
    select
        given,
        purchase_status,
        purchase_value,
        cast(order_text as date) as order_date,
        cast(release_text as date) as release_date,
        cast(1 as bigint) as item_quantity,
        case when is_expected = 1 then purchase_value end as expected
    from example
),

answered as (
    select
        given,
        expected,
        {{ gmv_amount() }} as actual
    from typed
)

select * from answered
where actual is distinct from expected
