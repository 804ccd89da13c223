-- Grain: one row per domain, entity and ingest_date whose number of rows is not the usual one: the
-- median of up to eight earlier days of the same weekday, of which there must be three.

with profile as (
    select * from {{ ref('int_quality__delivery_profile') }}
),

threshold as (
    {{ anomaly_thresholds() }}
),

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

volume_anomaly as (
    select
        usual_volume.domain,
        usual_volume.entity,
        usual_volume.ingest_date,
        usual_volume.row_count,
        usual_volume.usual_count,
        threshold.volume_ratio
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
)

select * from volume_anomaly
