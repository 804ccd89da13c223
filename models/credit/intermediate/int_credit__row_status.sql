-- Grain: one row per received row, with what became of it: what its record says, and whether its
-- categories are in the vocabulary. Looked up here and not in the record, so that a vocabulary may
-- grow without a rebuild.

{% set unknown_categories = [] %}
{% for column in credit_categories() %}
{% do unknown_categories.append(is_unknown_category(column)) %}
{% endfor %}

with load as (
    select * from {{ ref('int_credit__load') }}
),

row_status as (
    select
        {{ row_status_columns({'unknown_category': unknown_categories | join(' or ')}) }}
    from {{ ref('int_credit__proposal') }} as record
    inner join load on record.load_key = load.load_key
)

select * from row_status
