-- Grain: one row per received row on closed days, with what became of it. The only inner model
-- that the quality domain reads.

{% set unknown_categories = [] %}
{% for column in credit_categories() %}
{% do unknown_categories.append(is_unknown_category(column)) %}
{% endfor %}

with rejected_row as (
    {{ rejected_rows('credit', ['proposal']) }}
),

accepted_row as (
    select
        'proposal' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        row_status,
        cast(null as {{ dbt.type_string() }}) as reason_code,
        cast(null as {{ dbt.type_string() }}) as rejected_row,
        -- Looked up here and not in the history, so that a vocabulary may grow without a rebuild.
        case
            when {{ unknown_categories | join(' or ') }}
                then coalesce(flags || ',', '') || 'unknown_category'
            else flags
        end as flags
    from {{ ref('int_credit__proposal_history') }}
),

row_status as (
    select * from rejected_row
    union all
    select * from accepted_row
)

select * from row_status
