-- The reasons with most rows first, whatever entities they come from.
with rejected as (
    select
        reason_code,
        domain,
        entity,
        count(*) as row_count,
        count(distinct load_id) as load_count,
        max(ingest_date) as newest_date
    from quality.fct_quality__rejected_row
    group by reason_code, domain, entity
)

select *
from rejected
order by
    sum(row_count) over (partition by reason_code) desc,
    reason_code asc,
    row_count desc,
    domain asc,
    entity asc
