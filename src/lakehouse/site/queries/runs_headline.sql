-- The newest build.
select
    run_started_at,
    count(*) as model_count,
    sum(run_seconds) as run_seconds,
    count(*) filter (where run_status not in ('success', 'no-op')) as failed_count
from quality.model_run
group by run_started_at
order by run_started_at desc
limit 1
