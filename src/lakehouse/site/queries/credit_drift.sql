-- How far each feature moved in the newest partition.
select
    feature_name,
    stability_index,
    null_ratio,
    mean_value,
    strptime(anomesdia::varchar, '%Y%m%d')::date as partition_date,
    strptime(previous_anomesdia::varchar, '%Y%m%d')::date as previous_date
from credit.feat_credit__profile
where category_code = '-'
qualify anomesdia = max(anomesdia) over ()
order by stability_index desc nulls last, feature_name asc
