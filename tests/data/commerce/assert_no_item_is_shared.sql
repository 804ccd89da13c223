-- An item that gives its value to two purchases counts in both: allowed, and odd enough for a
-- warning.
{{ config(severity='warn') }}

select
    item_key,
    count(*) as purchase_count
from {{ ref('fct_commerce__purchase') }}
where item_key is not null
group by item_key
having count(*) > 1
