-- GMV as known now, by the month of the business day.
select
    date_trunc('month', gmv_date)::date as gmv_month,
    subsidiary,
    sum(gmv_amount) as gmv_amount,
    sum(purchase_count) as purchase_count
from commerce.rpt_commerce__gmv_current
group by all
order by gmv_month desc, subsidiary asc
