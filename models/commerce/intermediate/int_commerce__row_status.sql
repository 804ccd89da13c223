-- Grain: one row per received row of the four feeds on closed days, with what became of it. The
-- only inner model that the quality domain reads.

{% set entities = [
    'purchase', 'product_item', 'purchase_extra_info', 'order_transaction_cost_hist',
] %}
{# The feed of costs is called after its history already. #}
{% set renamed = {'order_transaction_cost_hist': 'order_transaction_cost'} %}
{# Looked up here and not in the history, so that a list may grow without a rebuild. #}
{% set listed_columns = {'purchase': 'purchase_status', 'purchase_extra_info': 'subsidiary'} %}
{% set flag_codes = {'purchase': 'unknown_status', 'purchase_extra_info': 'unknown_subsidiary'} %}

with listed_value as (
    select
        'purchase' as entity,
        purchase_status as known_value
    from {{ ref('ref_commerce__purchase_status') }}
    union all
    select
        'purchase_extra_info' as entity,
        subsidiary as known_value
    from {{ ref('ref_commerce__subsidiary') }}
),

rejected_row as (
    {{ rejected_rows('commerce', entities) }}
),

accepted_row as (
    {% for entity in entities %}
    select
        '{{ entity }}' as entity,
        history.load_id,
        history.ingest_date,
        history.source_file,
        history.source_row,
        history.recorded_at,
        history.row_status,
        cast(null as {{ dbt.type_string() }}) as reason_code,
        cast(null as {{ dbt.type_string() }}) as rejected_row,
        case
            when
                {{ listed_columns.get(entity, "nullif('', '')") }} is not null
                and listed_value.known_value is null
                then coalesce(history.flags || ',', '') || '{{ flag_codes.get(entity) }}'
            else history.flags
        end as flags
    from {{ ref('int_commerce__' ~ renamed.get(entity, entity) ~ '_history') }} as history
    left join listed_value
        on
            listed_value.entity = '{{ entity }}'
            and {{ listed_columns.get(entity, "nullif('', '')") }} = listed_value.known_value
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

row_status as (
    select * from rejected_row
    union all
    select * from accepted_row
)

select * from row_status
