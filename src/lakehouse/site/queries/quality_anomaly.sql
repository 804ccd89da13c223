select
    domain,
    entity,
    ingest_date,
    anomaly_code,
    column_name,
    category_value,
    observed_value,
    usual_value,
    threshold_value
from quality.rpt_quality__anomaly
order by
    ingest_date desc,
    domain asc,
    entity asc,
    anomaly_code asc,
    column_name asc,
    category_value asc
limit 500
