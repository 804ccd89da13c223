-- The newest hundred builds of each model.
select
    model_name,
    run_started_at,
    run_seconds,
    row_count,
    stored_bytes / 1024 as stored_kilobytes,
    athena_usd(stored_bytes)::decimal(18, 6) as athena_cost
from quality.model_run
where resource_type = 'model'
qualify row_number() over (partition by model_name order by run_started_at desc) <= 100
order by model_name asc, run_started_at desc
