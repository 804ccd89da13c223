{#
    rejected_share: of the rows of the new loads that have at least 100 rows, no more than the variable
    `rejected_share_limit` is rejected; rejected rows at all give a warning (the one number that this test
    returns is 0 for none, 1 within the limit, 2 above).
    model: a record table; load: its load table; until: the incremental model that reads it next. New are the loads
    which that one does not reflect, so the test fails again in every run until the load is acknowledged
    (seed ref_quality__acknowledged_load) or the limit is raised, and passes once marts hold the load.
#}
{% test rejected_share(model, load, until) %}
{{ config(
    severity='error', fail_calc='coalesce(max(severity), 0)', warn_if='>= 1', error_if='>= 2'
) }}
with acknowledged as (
    select entity, load_id from {{ ref('ref_quality__acknowledged_load') }}
),

new_load as (
    select
        load.load_id,
        count(*) as received_count,
        count_if(record.reason_code is not null) as rejected_count
    from {{ model }} as record
    inner join {{ load }} as load on record.load_key = load.load_key
    where
        not exists (
            select 1
            from acknowledged
            where
                acknowledged.load_id = load.load_id
                and acknowledged.entity = load.entity
        )
        {%- if execute %}
        and record.load_key not in (
            select reflected.load_key
            from {{ reflected_load_relation(model_node(until).schema) }} as reflected
            where reflected.model_name = '{{ until }}'
        )
        {%- endif %}
    group by load.load_id
    having count(*) >= 100
),

share as (
    select
        sum(received_count) as received_count,
        sum(rejected_count) as rejected_count
    from new_load
)

select
    received_count,
    rejected_count,
    case
        when rejected_count > {{ var('rejected_share_limit') }} * received_count then 2
        else 1
    end as severity
from share
where rejected_count > 0
{% endtest %}
