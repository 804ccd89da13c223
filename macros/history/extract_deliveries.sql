{#
    extract_deliveries(delivered, precedence) -> CTEs, the last of them `numbered_delivery`
    delivered: relation of received rows with load_id, ingest_date, recorded_at, record_key, extract_scope and
    is_full_extract; precedence: column that says how much a delivery knows, or none (`extract_history`).

    `numbered_delivery` has one row per scope, load and day, numbered within its scope by time of receipt:
    is_complete   a full extract of which every key can be read, so that its silence says something;
    is_effective  no earlier delivery of its scope knows more.
#}
{% macro extract_deliveries(delivered, precedence=none) -%}
delivery as (
    select
        extract_scope,
        load_id,
        ingest_date,
        min(recorded_at) as delivered_at,
        bool_or(is_full_extract) and bool_and(record_key is not null) as is_complete,
        {{ 'max(' ~ precedence ~ ')' if precedence is not none else '0' }} as precedence
    from {{ delivered }}
    where extract_scope is not null
    group by extract_scope, load_id, ingest_date
),

numbered_delivery as (
    select
        delivery.*,
        row_number() over (
            partition by extract_scope order by delivered_at, load_id, ingest_date
        ) as delivery_number,
        coalesce(max(precedence) over (
            partition by extract_scope order by delivered_at, load_id, ingest_date
            rows between unbounded preceding and 1 preceding
        ), precedence) <= precedence as is_effective
    from delivery
)
{%- endmacro %}
