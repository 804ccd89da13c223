-- Grain: one row per domain, delivery (one load of an entity on one day), watched column and
-- value, with the number of rows that have it. Deliveries never change, so an incremental run
-- computes only the new ones.

{% set key = ['domain', 'entity', 'load_id', 'ingest_date', 'column_name', 'value_key'] %}
{{ config(materialized='incremental', incremental_strategy='merge', unique_key=key) }}

{% set records = [] %}
{% for domain, tables in record_tables().items() %}
{% for entity, record in tables.items() %}
{% do records.append([record, domain, entity]) %}
{% endfor %}
{% endfor %}
{% set loads = found_new_loads() if is_incremental() else [] %}

with load as (
    select * from {{ ref('int_quality__load') }}
),

-- One pass over each table, whose rows count once for each watched column: Athena would read the
-- table again at every place that names it.
counted as (
    {% for record, domain, entity in records %}
    {% set watched = [['*', none]] + watched_columns(domain, entity) %}
    select
        load_key,
        column_name,
        value_key,
        max(recorded_at) as recorded_at,
        count(*) as row_count
    from (
        select
            record.load_key,
            record.recorded_at,
            watched.column_name,
            case watched.column_name
                {% for name, is_category in watched %}
                when '{{ name }}' then {{ profiled_value(name, is_category) }}
                {% endfor %}
            end as value_key
        from {{ ref(record) }} as record
        cross join (
            values
            {% for name, _ in watched %}
            ('{{ name }}'){{ ',' if not loop.last }}
            {% endfor %}
        ) as watched (column_name)
        {% if is_incremental() %}
        where {{ in_load('record', entity, loads) }}
        {% endif %}
    ) as profiled
    group by load_key, column_name, value_key
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{% if is_incremental() %}
stored as (
    select profile.*
    from {{ this }} as profile
    where exists (
        select 1
        from load
        where
            load.domain = profile.domain
            and load.entity = profile.entity
            and load.load_id = profile.load_id
            and load.ingest_date = profile.ingest_date
            and (
                {% for entity in records | map('last') %}
                {{ in_load('load', entity, loads) }}{{ ' or' if not loop.last }}
                {% endfor %}
            )
    )
),
{% endif %}

profile as (
    select
        load.domain,
        load.entity,
        load.load_id,
        load.ingest_date,
        max(counted.recorded_at) as recorded_at,
        counted.column_name,
        counted.value_key,
        cast(sum(counted.row_count) as bigint) as row_count,
        max(load.sender) as sender
    from counted
    inner join load on counted.load_key = load.load_key
    group by
        load.domain,
        load.entity,
        load.load_id,
        load.ingest_date,
        counted.column_name,
        counted.value_key
),

changes as (
    {{ merge_changes('profile', 'stored', key, key + ['recorded_at', 'row_count', 'sender']) }}
)

select * from changes
