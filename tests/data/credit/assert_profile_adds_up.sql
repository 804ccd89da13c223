-- The categories of a feature hold every proposal of the partition once, and so say its counts.

with partition_count as (
    select
        anomesdia,
        cast(count(*) as bigint) as row_count
    from {{ ref('feat_credit__proposal') }}
    group by anomesdia
),

profiled as (
    select
        anomesdia,
        feature_name,
        sum(case when category_code = '-' then row_count end) as row_count,
        sum(case when category_code <> '-' then row_count end) as category_count
    from {{ ref('feat_credit__profile') }}
    group by anomesdia, feature_name
)

select
    profiled.anomesdia,
    profiled.feature_name,
    profiled.row_count,
    profiled.category_count,
    partition_count.row_count as proposal_count
from profiled
full outer join partition_count on profiled.anomesdia = partition_count.anomesdia
where
    profiled.row_count is distinct from partition_count.row_count
    or profiled.category_count <> partition_count.row_count
