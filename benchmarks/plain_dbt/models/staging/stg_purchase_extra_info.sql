select
    try_cast(purchase_id as decimal(19, 0))::bigint as purchase_id,
    try_cast(purchase_partition as bigint) as purchase_partition,
    lower(trim(subsidiary)) as subsidiary,
    try_cast(transaction_datetime as timestamp) as transaction_datetime,
    cast(recorded_at as timestamp) as recorded_at
from {{ source('raw', 'purchase_extra_info') }}
where try_cast(purchase_id as decimal(19, 0)) is not null and try_cast(transaction_datetime as timestamp) is not null
