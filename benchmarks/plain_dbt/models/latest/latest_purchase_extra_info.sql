{{ config(unique_key=['purchase_id', 'purchase_partition']) }}
{{ newest(ref('stg_purchase_extra_info'), 'purchase_id, purchase_partition') }}
