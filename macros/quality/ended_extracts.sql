{#
    ended_extracts(record, load, decision, max_share, precedence, reflected) -> select of full extracts that fail
    record: record table of a source that delivers states; load, decision, reflected: as in `rejected_loads`;
    max_share: the share of the records in force that a day's extract may end; precedence: as in `extract_history`.

    A scope is judged once per day, by the last complete extract of the day against the records in force at the end
    of the day before: the extract fails if more than `max_share` of them ended on the day, and at least three.
    Counted by the intervals of the records, so a whole extract of the same day heals, and a later one does not.
    An extract that is accepted, or that is reflected, has no row here.
#}
{% macro ended_extracts(record, load, decision, max_share, precedence=none, reflected=none) -%}
with delivered as {{ not_materialized() }} (
    select
        load.load_id,
        record.load_key,
        record.ingest_date,
        record.recorded_at,
        record.record_key,
        record.extract_scope,
        record.is_full_extract,
        {{ 'record.' ~ precedence if precedence is not none else '0' }} as precedence
    from {{ record }} as record
    inner join {{ load }} as load on record.load_key = load.load_key
),

{{ extract_deliveries('delivered', 'precedence') }},

judging_delivery as (
    select
        extract_scope,
        load_id,
        ingest_date,
        row_number() over (
            partition by extract_scope, ingest_date order by delivery_number desc
        ) as place
    from numbered_delivery
    where is_complete and is_effective
),

version as (
    select
        extract_scope,
        known_from,
        known_to,
        lead(known_from) over (partition by record_key order by known_from) as next_known_from
    from {{ record }}
    where known_from is not null
),

known_change as (
    select
        extract_scope,
        known_from as changed_on,
        1 as held_change,
        0 as is_end
    from version
    union all
    select
        extract_scope,
        known_to as changed_on,
        -1 as held_change,
        case when next_known_from = known_to then 0 else 1 end as is_end
    from version
    where known_to is not null
),

day_change as (
    select
        extract_scope,
        changed_on,
        sum(held_change) as held_change,
        sum(is_end) as ended_count
    from known_change
    group by extract_scope, changed_on
),

day_count as (
    select
        extract_scope,
        changed_on,
        ended_count,
        sum(held_change) over (
            partition by extract_scope order by changed_on
            rows between unbounded preceding and 1 preceding
        ) as held_count
    from day_change
),

failed as (
    select
        judging_delivery.extract_scope,
        judging_delivery.load_id,
        judging_delivery.ingest_date,
        day_count.held_count,
        day_count.ended_count
    from judging_delivery
    inner join day_count
        on
            judging_delivery.extract_scope = day_count.extract_scope
            and judging_delivery.ingest_date = day_count.changed_on
    where
        judging_delivery.place = 1
        and day_count.ended_count >= 3
        and day_count.ended_count > {{ max_share }} * day_count.held_count
),

received as (
    select
        load.entity,
        load.load_id,
        max(case when accepted.load_id is null then 0 else 1 end) as is_accepted,
        {{ 'max(case when reflected.load_key is null then 1 else 0 end)' if reflected is not none else '1' }} as is_new
    from {{ load }} as load
    left join {{ decision }} as accepted
        on
            load.entity = accepted.entity
            and load.load_id = accepted.load_id
            and accepted.decision = 'accept'
    {%- if reflected is not none %}
    left join {{ reflected }} as reflected on load.load_key = reflected.load_key
    {%- endif %}
    where load.load_key in (select delivered.load_key from delivered)
    group by load.entity, load.load_id
)

select
    received.entity,
    failed.load_id,
    failed.ingest_date,
    failed.extract_scope,
    failed.held_count,
    failed.ended_count
from failed
inner join received on failed.load_id = received.load_id
where received.is_accepted = 0 and received.is_new = 1
{%- endmacro %}
