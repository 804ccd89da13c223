with newest as (
    select max(anomesdia) as anomesdia from credit.feat_credit__profile
)

select
    strptime(max(profile.anomesdia)::varchar, '%Y%m%d')::date as newest_date,
    max(profile.row_count) as proposal_count,
    max(profile.stability_index) as stability_index,
    (select avg(loan_status) from credit.feat_credit__proposal_target)::decimal(18, 6) as default_ratio
from credit.feat_credit__profile as profile
inner join newest on profile.anomesdia = newest.anomesdia
where profile.category_code = '-'
having count(*) > 0
