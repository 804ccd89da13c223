-- The rows of the ledger behind each month and day of knowledge, the twelve largest of each: the
-- whole ledger of a large lake would not be a page.
select
    date_trunc('month', gmv_date)::date as gmv_month,
    posted_on,
    gmv_date,
    subsidiary,
    movement_amount,
    purchase_count_change
from commerce.fct_commerce__gmv_movement
qualify
    row_number() over (
        partition by date_trunc('month', gmv_date), posted_on
        order by abs(movement_amount) desc, gmv_date asc, subsidiary asc
    ) <= 12
order by gmv_month asc, posted_on asc, abs(movement_amount) desc, gmv_date asc, subsidiary asc
