-- How each month of GMV moved on each day of knowledge. Added up to a day this is the GMV as known
-- at the end of that day, because the running sum of the ledger is the daily table.
select
    date_trunc('month', gmv_date)::date as gmv_month,
    posted_on,
    subsidiary,
    sum(movement_amount) as movement_amount,
    sum(purchase_count_change) as purchase_count_change,
    count(*) as ledger_row_count
from commerce.fct_commerce__gmv_movement
group by all
order by gmv_month asc, posted_on asc, subsidiary asc
