{{ config(unique_key=['prod_item_id', 'prod_item_partition']) }}
{{ newest(ref('stg_product_item'), 'prod_item_id, prod_item_partition') }}
