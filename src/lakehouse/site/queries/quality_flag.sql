select
    flag_code,
    domain,
    entity,
    sum(row_count) as row_count,
    max(ingest_date) as newest_date
from quality.fct_quality__row_flag
group by all
order by row_count desc, domain asc, entity asc, flag_code asc
