-- Grain: one row per domain and entity that the sources YAML declares: when we last received it,
-- against the rhythm declared there. Rebuilt each run, because age is relative to the run date.

with expected as (
    {{ expected_rhythm() }}
),

last_receipt as (
    select
        domain,
        entity,
        max(last_recorded_at) as last_recorded_at
    from {{ ref('int_quality__load') }}
    group by domain, entity
),

aged as (
    select
        expected.domain,
        expected.entity,
        last_receipt.last_recorded_at,
        {{ days_between(
            'cast(last_receipt.last_recorded_at as date)', "date '" ~ run_date() ~ "'"
        ) }} as age_days,
        expected.rhythm_days
    from expected
    left join last_receipt
        on expected.domain = last_receipt.domain and expected.entity = last_receipt.entity
),

freshness as (
    select
        domain,
        entity,
        last_recorded_at,
        age_days,
        rhythm_days,
        case
            when last_recorded_at is null then 'never'
            when age_days <= rhythm_days then 'fresh'
            else 'late'
        end as freshness_state
    from aged
)

select * from freshness
