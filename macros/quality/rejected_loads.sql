{#
    rejected_loads(record, load, decision, reflected) -> select of loads that have rejected rows, or fail for them
    record: record table; load: its load table; decision: what people decided of loads (`ref_quality__load_decision`);
    reflected: relation of the load_key that marts hold, or none where they are judged as if they held nothing.

    A load fails (severity 2) if of it and the loads of its day that arrived before it more than the variable
    `rejected_share_limit` is rejected, counted from 10 rows on; or if it has 3 rows or more and all are. Accepted
    loads are left out. Its day is the first under which it lies. Loads that are reflected have no row here; others
    with a rejected row have severity 1.
#}
{% macro rejected_loads(record, load, decision, reflected=none) -%}
with counted as (
    select
        load_key,
        reason_code,
        count(*) as row_count
    from {{ record }}
    group by load_key, reason_code
),

by_reason as (
    select
        load.entity,
        load.load_id,
        counted.reason_code,
        min(load.ingest_date) as ingest_date,
        min(load.first_recorded_at) as first_recorded_at,
        sum(counted.row_count) as row_count,
        {{ 'max(case when reflected.load_key is null then 1 else 0 end)' if reflected is not none else '1' }} as is_new
    from counted
    inner join {{ load }} as load on counted.load_key = load.load_key
    {%- if reflected is not none %}
    left join {{ reflected }} as reflected on counted.load_key = reflected.load_key
    {%- endif %}
    group by load.entity, load.load_id, counted.reason_code
),

placed as (
    select
        by_reason.*,
        reason_code || ' ' || cast(row_count as {{ dbt.type_string() }}) as reason,
        case
            when reason_code is not null
                then row_number() over (
                    partition by entity, load_id
                    order by case when reason_code is null then 1 else 0 end, row_count desc, reason_code
                )
        end as place
    from by_reason
),

received as (
    select
        entity,
        load_id,
        min(ingest_date) as ingest_date,
        min(first_recorded_at) as first_recorded_at,
        sum(row_count) as row_count,
        sum(case when reason_code is not null then row_count else 0 end) as rejected_count,
        max(is_new) as is_new,
        max(case when place = 1 then reason end)
        || coalesce(', ' || max(case when place = 2 then reason end), '')
        || coalesce(', ' || max(case when place = 3 then reason end), '')
        || case when max(place) > 3 then ', …' else '' end as reasons
    from placed
    group by entity, load_id
),

decided as (
    select
        received.*,
        case when accepted.load_id is null then 0 else 1 end as is_accepted
    from received
    left join {{ decision }} as accepted
        on
            received.entity = accepted.entity
            and received.load_id = accepted.load_id
            and accepted.decision = 'accept'
),

summed as (
    select
        decided.*,
        sum(case when is_accepted = 0 then row_count else 0 end) over (
            partition by entity, ingest_date order by first_recorded_at, load_id
            rows between unbounded preceding and current row
        ) as day_row_count,
        sum(case when is_accepted = 0 then rejected_count else 0 end) over (
            partition by entity, ingest_date order by first_recorded_at, load_id
            rows between unbounded preceding and current row
        ) as day_rejected_count
    from decided
),

judged as (
    select
        entity,
        load_id,
        ingest_date,
        row_count,
        rejected_count,
        day_row_count,
        day_rejected_count,
        reasons,
        case
            when is_new = 0 then 0
            when
                is_accepted = 0
                and (
                    (day_row_count >= 10 and day_rejected_count > {{ var('rejected_share_limit') }} * day_row_count)
                    or (row_count >= 3 and rejected_count = row_count)
                )
                then 2
            when rejected_count > 0 then 1
            else 0
        end as severity
    from summed
)

select *
from judged
where severity > 0
{%- endmacro %}
