select release_date as gmv_date, subsidiary, sum(gmv_amount) as gmv_amount, count(*) as purchase_count
from {{ ref('fct_purchase') }}
where gmv_amount is not null
group by all
