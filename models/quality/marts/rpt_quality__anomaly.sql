-- Grain: one row per anomaly: a day whose number of rows is not the usual one, or a delivery with
-- more nulls or a new category in a watched column. What is watched, and how closely, is declared
-- beside the source.

with profile as (
    select * from {{ ref('int_quality__delivery_profile') }}
),

threshold as (
    {{ anomaly_thresholds() }}
),

-- A day is held against the median of up to eight earlier days of the same weekday, of which there
-- must be three.
day_volume as (
    select
        domain,
        entity,
        cast(ingest_date as date) as ingest_date,
        cast(sum(row_count) as bigint) as row_count
    from profile
    where column_name = '*'
    group by domain, entity, ingest_date
),

numbered_day as (
    select
        *,
        {{ iso_day_of_week('ingest_date') }} as day_of_week,
        row_number() over (
            partition by domain, entity, {{ iso_day_of_week('ingest_date') }} order by ingest_date
        ) as day_number
    from day_volume
),

earlier_volume as (
    select
        numbered_day.domain,
        numbered_day.entity,
        numbered_day.ingest_date,
        numbered_day.row_count,
        earlier.row_count as earlier_count,
        row_number() over (
            partition by numbered_day.domain, numbered_day.entity, numbered_day.ingest_date
            order by earlier.row_count, earlier.day_number
        ) as count_rank,
        count(*) over (
            partition by numbered_day.domain, numbered_day.entity, numbered_day.ingest_date
        ) as day_count
    from numbered_day
    inner join numbered_day as earlier
        on
            numbered_day.domain = earlier.domain
            and numbered_day.entity = earlier.entity
            and numbered_day.day_of_week = earlier.day_of_week
            and earlier.day_number between numbered_day.day_number - 8
            and numbered_day.day_number - 1
),

usual_volume as (
    select
        domain,
        entity,
        ingest_date,
        row_count,
        {{ exact_ratio('sum(earlier_count)', 'count(*)', 6) }} as usual_count
    from earlier_volume
    -- The middle one, or the two in the middle.
    where day_count >= 3 and 2 * count_rank between day_count and day_count + 2
    group by domain, entity, ingest_date, row_count
),

-- A delivery is held against those before it, the share of nulls against its sender's last one. The
-- first of an entity, or of a sender, is odd in nothing.
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

anomaly as (
    select
        usual_volume.domain,
        usual_volume.entity,
        usual_volume.ingest_date,
        '-' as load_id,
        'volume' as anomaly_code,
        '*' as column_name,
        '-' as category_value,
        usual_volume.row_count,
        cast(usual_volume.row_count as decimal(18, 6)) as observed_value,
        usual_volume.usual_count as usual_value,
        threshold.volume_ratio as threshold_value
    from usual_volume
    inner join threshold
        on usual_volume.domain = threshold.domain and usual_volume.entity = threshold.entity
    where
        (
            usual_volume.row_count >= threshold.min_rows
            or usual_volume.usual_count >= threshold.min_rows
        )
        and (
            usual_volume.row_count < usual_volume.usual_count * threshold.volume_ratio
            or usual_volume.row_count * threshold.volume_ratio > usual_volume.usual_count
        )
    union all
    select
        compared_share.domain,
        compared_share.entity,
        cast(compared_share.ingest_date as date) as ingest_date,
        compared_share.load_id,
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
        cast(ingest_date as date) as ingest_date,
        load_id,
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

select * from anomaly
