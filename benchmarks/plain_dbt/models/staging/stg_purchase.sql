select
    try_cast(purchase_id as decimal(19, 0))::bigint as purchase_id,
    try_cast(purchase_partition as bigint) as purchase_partition,
    try_cast(buyer_id as decimal(19, 0))::bigint as buyer_id,
    try_cast(prod_item_id as decimal(19, 0))::bigint as prod_item_id,
    try_cast(prod_item_partition as bigint) as prod_item_partition,
    try_cast(producer_id as bigint) as producer_id,
    try_cast(order_date as date) as order_date,
    try_cast(release_date as date) as release_date,
    {{ amount('purchase_total_value') }} as purchase_total_value,
    upper(trim(purchase_status)) as purchase_status,
    try_cast(transaction_datetime as timestamp) as transaction_datetime,
    cast(recorded_at as timestamp) as recorded_at
from {{ source('raw', 'purchase') }}
where try_cast(purchase_id as decimal(19, 0)) is not null and try_cast(transaction_datetime as timestamp) is not null
