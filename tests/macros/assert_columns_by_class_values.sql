-- Every column lies under its class, in its order.

{% set columns = {
    'sale_id': {'config': {'meta': {'class': 'internal'}}},
    'buyer_name': {'config': {'meta': {'class': 'personal'}}},
    'amount': {'config': {'meta': {'class': 'internal'}}},
} %}

with answered as (
    select
        '{{ columns_by_class(columns) | tojson }}' as actual,
        '{{ {"internal": ["sale_id", "amount"], "personal": ["buyer_name"]} | tojson }}' as expected
)

select * from answered
where actual <> expected
