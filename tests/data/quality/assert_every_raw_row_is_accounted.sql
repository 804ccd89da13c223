-- Nothing is lost: per domain, entity and day, as many rows are accounted for as the raw zone holds
-- of the loads that the run took: what landed since belongs to the next run. Reads the raw tables
-- that the sources YAML declares, whatever domain they belong to. Load tables lie above the
-- account, so they are built by then.

with raw_load as (
    {%- if execute %}
    {%- for node in graph.sources.values() %}
    {%- set raw = raw_relation(node.source_name, node.name) %}
    {%- if raw is not none %}
    select
        '{{ node.source_name }}' as domain,
        '{{ node.name }}' as entity,
        load_id,
        ingest_date,
        count(*) as row_count
    from {{ raw }}
    group by load_id, ingest_date
    union all
    {%- endif %}
    {%- endfor %}
    {%- endif %}
    select
        'none' as domain,
        'none' as entity,
        'none' as load_id,
        '1900-01-01' as ingest_date,
        cast(0 as bigint) as row_count
    where 1 = 0
),

taken as (
    {%- if execute %}
    {%- for node in graph.sources.values()
        if raw_relation(node.source_name, node.name) is not none %}
    select distinct
        '{{ node.source_name }}' as domain,
        entity,
        load_id,
        ingest_date
    from {{ model_relation('int_' ~ node.source_name ~ '__load') }}
    where entity = '{{ node.name }}'
    union all
    {%- endfor %}
    {%- endif %}
    select
        'none' as domain,
        'none' as entity,
        'none' as load_id,
        '1900-01-01' as ingest_date
    where 1 = 0
),

landed as (
    select
        raw_load.domain,
        raw_load.entity,
        cast(raw_load.ingest_date as date) as ingest_date,
        cast(sum(raw_load.row_count) as bigint) as row_count
    from raw_load
    inner join taken
        on
            raw_load.domain = taken.domain
            and raw_load.entity = taken.entity
            and raw_load.load_id = taken.load_id
            and raw_load.ingest_date = taken.ingest_date
    group by raw_load.domain, raw_load.entity, raw_load.ingest_date
),

accounted as (
    select
        domain,
        entity,
        ingest_date,
        received_count as row_count
    from {{ ref('fct_quality__row_accounting') }}
)

(
    select * from landed
    except
    select * from accounted
)
union all
(
    select * from accounted
    except
    select * from landed
)
