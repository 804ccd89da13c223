select
    try_cast(prod_item_id as decimal(19, 0))::bigint as prod_item_id,
    try_cast(prod_item_partition as bigint) as prod_item_partition,
    try_cast(product_id as bigint) as product_id,
    try_cast(item_quantity as integer) as item_quantity,
    {{ amount('purchase_value') }} as purchase_value,
    try_cast(transaction_datetime as timestamp) as transaction_datetime,
    cast(recorded_at as timestamp) as recorded_at
from {{ source('raw', 'product_item') }}
where try_cast(prod_item_id as decimal(19, 0)) is not null and try_cast(transaction_datetime as timestamp) is not null
