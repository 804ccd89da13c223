-- The newest partition beside the one before it, by declared band or value.
with share as (
    select
        anomesdia,
        feature_name,
        category_code,
        category_ratio,
        row_count,
        dense_rank() over (order by anomesdia desc) as age
    from credit.feat_credit__profile
    where category_code <> '-'
)

select
    newest.feature_name,
    newest.category_code,
    newest.category_ratio,
    previous.category_ratio as previous_ratio,
    newest.row_count
from share as newest
left join share as previous
    on
        previous.age = 2
        and newest.feature_name = previous.feature_name
        and newest.category_code = previous.category_code
where newest.age = 1
order by newest.feature_name asc, newest.category_ratio desc, newest.category_code asc
