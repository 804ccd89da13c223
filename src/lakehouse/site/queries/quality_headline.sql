with late as (
    select count(*) as late_count
    from quality.rpt_quality__freshness
    where freshness_state <> 'fresh'
)

select
    coalesce(sum(row_accounting.received_count), 0) as received_count,
    coalesce(sum(row_accounting.rejected_count), 0) as rejected_count,
    coalesce(sum(row_accounting.waiting_count), 0) as waiting_count,
    max(late.late_count) as late_count
from quality.fct_quality__row_accounting as row_accounting
cross join late
having count(*) > 0
