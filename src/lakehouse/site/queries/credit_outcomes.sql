select
    strptime(anomesdia::varchar, '%Y%m%d')::date as partition_date,
    avg(loan_status)::decimal(18, 6) as default_ratio,
    count(*) as known_count
from credit.feat_credit__proposal_target
group by all
order by partition_date desc
