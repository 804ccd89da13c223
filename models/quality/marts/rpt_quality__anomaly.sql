-- Grain: one row per anomaly: a day whose number of rows is not the usual one, or a delivery with
-- more nulls or a new category in a watched column. What is watched, and how closely, is declared
-- beside the source.

with volume_anomaly as (
    select * from {{ ref('int_quality__volume_anomaly') }}
),

content_anomaly as (
    select * from {{ ref('int_quality__content_anomaly') }}
),

anomaly as (
    select
        domain,
        entity,
        ingest_date,
        '-' as load_id,
        'volume' as anomaly_code,
        '*' as column_name,
        '-' as category_value,
        row_count,
        cast(row_count as decimal(18, 6)) as observed_value,
        usual_count as usual_value,
        volume_ratio as threshold_value
    from volume_anomaly
    union all
    select
        domain,
        entity,
        cast(ingest_date as date) as ingest_date,
        load_id,
        anomaly_code,
        column_name,
        category_value,
        row_count,
        observed_value,
        usual_value,
        threshold_value
    from content_anomaly
)

select * from anomaly
