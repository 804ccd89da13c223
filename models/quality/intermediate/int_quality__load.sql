-- Grain: one row per domain, entity, load and source file: everything that was received.

with load as (
    {% for domain in record_tables() %}
    select
        '{{ domain }}' as domain,
        load_key,
        entity,
        load_id,
        ingest_date,
        source_file,
        first_recorded_at,
        last_recorded_at,
        row_count,
        is_full_extract,
        sender
    from {{ ref('int_' ~ domain ~ '__load') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from load
