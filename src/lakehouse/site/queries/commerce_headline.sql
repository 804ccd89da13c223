-- Today's GMV, all days and subsidiaries.
select
    coalesce(sum(gmv_amount), 0) as gmv_amount,
    coalesce(sum(purchase_count), 0) as purchase_count,
    max(gmv_date) as newest_gmv_date
from commerce.rpt_commerce__gmv_current
having count(*) > 0
