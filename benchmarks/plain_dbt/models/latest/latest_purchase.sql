{{ config(unique_key=['purchase_id', 'purchase_partition']) }}
{{ newest(ref('stg_purchase'), 'purchase_id, purchase_partition') }}
