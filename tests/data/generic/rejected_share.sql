{#
    rejected_share: of the rows of the new loads that have at least 100 rows, no more than the variable
    `rejected_share_limit` is rejected; rejected rows at all give a warning (set warn_if and error_if on
    the one number this test returns: 0 none, 1 within the limit, 2 above).
    model: a table of received rows; until: the incremental model that reads it next. New are the loads
    which that one does not reflect, so the test fails again in every run until the load is acknowledged
    (seed ref_quality__acknowledged_load) or the limit is raised, and passes once marts hold the load.
#}
{% test rejected_share(model, until) %}
with acknowledged as (
    select entity, load_id from {{ ref('ref_quality__acknowledged_load') }}
),

new_load as (
    select
        load_id,
        count(*) as received_count,
        count_if(reason_code is not null) as rejected_count
    from {{ model }} as received
    where
        not exists (
            select 1
            from acknowledged
            where
                acknowledged.load_id = received.load_id
                and acknowledged.entity = '{{ model_node(model.identifier).config.meta.received_entity if execute }}'
        )
        {%- if execute %}
        and not exists (
            select 1
            from {{ processed_load_relation(model_node(until).schema) }} as reflected
            where
                reflected.model_name = '{{ until }}'
                and reflected.load_id = received.load_id
                and reflected.ingest_date = received.ingest_date
        )
        {%- endif %}
    group by load_id
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
