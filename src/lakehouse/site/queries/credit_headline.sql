-- The newest partition as a whole, and the outcomes that are known of all.
with newest as (
    select
        anomesdia,
        row_count,
        stability_index
    from credit.feat_credit__profile
    where category_code = '-'
    qualify anomesdia = max(anomesdia) over ()
),

outcome as (
    select cast(avg(loan_status) as decimal(18, 6)) as default_ratio
    from credit.feat_credit__proposal_target
)

select
    strptime(max(newest.anomesdia)::varchar, '%Y%m%d')::date as newest_date,
    max(newest.row_count) as proposal_count,
    max(newest.stability_index) as stability_index,
    max(outcome.default_ratio) as default_ratio
from newest
cross join outcome
having count(*) > 0
