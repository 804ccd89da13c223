-- Nothing is lost: per domain, entity and closed day, as many rows are accounted for as the raw
-- zone holds. Reads the raw tables that the sources YAML declares, whatever domain they belong
-- to.

with landed as (
    {%- if execute %}
    {%- for node in graph.sources.values() %}
    {%- set raw = raw_relation(node.source_name, node.name) %}
    {%- if raw is not none %}
    select
        '{{ node.source_name }}' as domain,
        '{{ node.name }}' as entity,
        cast(ingest_date as date) as ingest_date,
        cast(count(*) as bigint) as row_count
    from {{ raw }}
    where ingest_date < '{{ first_open_day() }}'
    group by ingest_date
    union all
    {%- endif %}
    {%- endfor %}
    {%- endif %}
    select
        'none' as domain,
        'none' as entity,
        date '1900-01-01' as ingest_date,
        cast(0 as bigint) as row_count
    where 1 = 0
),

accounted as (
    select
        domain,
        entity,
        ingest_date,
        received_count as row_count
    from {{ ref('fct_quality__row_accounting') }}
    -- A run with an earlier run date takes nothing away.
    where ingest_date < date '{{ first_open_day() }}'
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
