-- fct_commerce__purchase and the open versions say the same, purchase for purchase.

{% set columns = [
    'purchase_key', 'purchase_id', 'purchase_partition', 'buyer_id', 'prod_item_id',
    'prod_item_partition', 'producer_id', 'order_date', 'release_date', 'purchase_total_value',
    'purchase_status', 'product_id', 'item_quantity', 'purchase_value', 'subsidiary',
] %}

with newest as (
    select {{ columns | join(', ') }} from {{ ref('fct_commerce__purchase') }}
),

open_version as (
    select {{ columns | join(', ') }}
    from {{ ref('fct_commerce__purchase_version') }}
    where known_to is null
),

only_newest as (
    select * from newest
    except
    select * from open_version
),

only_open_version as (
    select * from open_version
    except
    select * from newest
)

select * from only_newest
union all
select * from only_open_version
