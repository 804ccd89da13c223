-- Grain: one row per delivery, watched column, kind and value that is odd against the deliveries
-- before: a share of nulls that rose since the sender's last one, or a category that no earlier
-- delivery had. The first delivery of an entity, or of a sender, is odd in nothing.

with profile as (
    select * from {{ ref('int_quality__delivery_profile') }}
),

threshold as (
    {{ anomaly_thresholds() }}
),

delivery as (
    select
        domain,
        entity,
        load_id,
        ingest_date,
        row_number() over (
            partition by domain, entity order by recorded_at, load_id, ingest_date
        ) as delivery_number
    from profile
    where column_name = '*'
),

numbered_profile as (
    select
        profile.*,
        delivery.delivery_number
    from profile
    inner join delivery
        on
            profile.domain = delivery.domain
            and profile.entity = delivery.entity
            and profile.load_id = delivery.load_id
            and profile.ingest_date = delivery.ingest_date
    where profile.column_name <> '*'
),

null_share as (
    select
        domain,
        entity,
        load_id,
        ingest_date,
        column_name,
        sender,
        delivery_number,
        cast(sum(row_count) as bigint) as row_count,
        {{ exact_ratio(
            "sum(case when value_key = 'missing' then row_count else 0 end)", 'sum(row_count)', 6
        ) }} as null_ratio
    from numbered_profile
    group by domain, entity, load_id, ingest_date, column_name, sender, delivery_number
),

compared_share as (
    select
        *,
        lag(null_ratio) over (
            partition by domain, entity, sender, column_name order by delivery_number
        ) as previous_ratio,
        lag(row_count) over (
            partition by domain, entity, sender, column_name order by delivery_number
        ) as previous_count
    from null_share
),

first_seen as (
    select
        *,
        min(delivery_number) over (
            partition by domain, entity, column_name, value_key
        ) as first_number
    from numbered_profile
    where substr(value_key, 1, 6) = 'value:'
),

content_anomaly as (
    select
        compared_share.domain,
        compared_share.entity,
        compared_share.load_id,
        compared_share.ingest_date,
        'null_rate' as anomaly_code,
        compared_share.column_name,
        '-' as category_value,
        compared_share.row_count,
        compared_share.null_ratio as observed_value,
        compared_share.previous_ratio as usual_value,
        threshold.null_rate_rise as threshold_value
    from compared_share
    inner join threshold
        on compared_share.domain = threshold.domain and compared_share.entity = threshold.entity
    where
        compared_share.row_count >= threshold.min_rows
        and compared_share.previous_count >= threshold.min_rows
        and compared_share.null_ratio - compared_share.previous_ratio > threshold.null_rate_rise
    union all
    select
        domain,
        entity,
        load_id,
        ingest_date,
        'new_category' as anomaly_code,
        column_name,
        substr(value_key, 7) as category_value,
        row_count,
        cast(row_count as decimal(18, 6)) as observed_value,
        cast(0 as decimal(18, 6)) as usual_value,
        cast(0 as decimal(18, 6)) as threshold_value
    from first_seen
    where delivery_number = first_number and first_number > 1
)

select * from content_anomaly
