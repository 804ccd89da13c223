-- Grain: one row per domain, delivery, watched column and value, with the number of rows that
-- have it.

{% set domains = ['commerce', 'education', 'market', 'retail', 'credit'] %}

with delivery_profile as (
    {% for domain in domains %}
    select
        '{{ domain }}' as domain,
        entity,
        load_id,
        ingest_date,
        recorded_at,
        column_name,
        value_key,
        row_count,
        sender
    from {{ ref('int_' ~ domain ~ '__delivery_profile') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from delivery_profile
