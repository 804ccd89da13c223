select
    purchase.purchase_id || '/' || coalesce(purchase.purchase_partition || '', '-') as purchase_key,
    purchase.* exclude (transaction_datetime, recorded_at),
    item.product_id,
    item.item_quantity,
    item.purchase_value,
    coalesce(extra.subsidiary, 'unknown') as subsidiary,
    case
        when
            purchase.release_date is not null
            and coalesce(purchase.purchase_status not in ('CANCELADA', 'REEMBOLSADA'), true)
            then item.purchase_value
    end as gmv_amount
from {{ ref('latest_purchase') }} as purchase
left join {{ ref('latest_product_item') }} as item using (prod_item_id, prod_item_partition)
left join {{ ref('latest_purchase_extra_info') }} as extra using (purchase_id, purchase_partition)
