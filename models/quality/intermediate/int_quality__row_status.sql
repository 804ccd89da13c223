-- Grain: one row per received row of any domain, with what became of it: every figure about rows
-- reads this.

with row_status as (
    {% for domain in record_tables() %}
    select
        '{{ domain }}' as domain,
        entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        row_status,
        reason_code,
        rejected_row,
        flags
    from {{ ref('int_' ~ domain ~ '__row_status') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from row_status
