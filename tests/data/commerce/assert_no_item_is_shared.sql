-- An item that two purchases refer to counts in both: a warning, because it is allowed and yet
-- odd.
{{ config(severity='warn') }}

select
    prod_item_id,
    prod_item_partition,
    count(*) as purchase_count
from {{ ref('fct_commerce__purchase') }}
where prod_item_id is not null and product_item_transaction_datetime is not null
group by prod_item_id, prod_item_partition
having count(*) > 1
