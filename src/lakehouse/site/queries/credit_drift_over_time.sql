select
    feature_name,
    strptime(anomesdia::varchar, '%Y%m%d')::date as partition_date,
    stability_index,
    null_ratio,
    mean_value
from credit.feat_credit__profile
where category_code = '-'
order by feature_name asc, partition_date desc
