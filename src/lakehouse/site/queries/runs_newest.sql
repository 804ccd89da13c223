-- Each model as the newest build that had it left it.
with newest as (
    select *
    from quality.model_run
    where resource_type = 'model'
    qualify row_number() over (partition by model_name order by run_started_at desc) = 1
)

select
    model_name,
    domain,
    run_started_at,
    run_status,
    run_seconds,
    row_count,
    stored_bytes / 1024 as stored_kilobytes,
    athena_usd(stored_bytes)::decimal(18, 6) as athena_cost
from newest
order by run_seconds desc, model_name asc
