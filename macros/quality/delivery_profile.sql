{#
    delivery_profile(domain, entities) -> CTEs, the last of them `changes`, for an incremental merge by
    [entity, load_id, ingest_date, column_name, value_key]
    What each delivery (one load of an entity on one day) holds: the number of its rows (column_name '*',
    value_key 'row') and, of every watched column, how many rows have no value ('missing'), a value
    ('given') or, where the column is a category, which ('value:' and the value). `sender` is who sent
    it where the raw table tells senders apart, else '-': they do not deliver alike.
    Deliveries never change, so an incremental run computes only those of the new loads.
#}
{% macro delivery_profile(domain, entities) -%}
{%- set columns = [
    'entity', 'load_id', 'ingest_date', 'recorded_at', 'column_name', 'value_key', 'row_count', 'sender',
] -%}
{%- set loads = found_new_loads(entities) if is_incremental() else [] -%}
{%- for entity in entities %}
{{ entity }}_row as {{ not_materialized() }} (
    select *
    from {{ ref('int_' ~ domain ~ '__' ~ entity ~ '_received') }} as received
    {%- if is_incremental() %}
    where {{ in_load('received', entity, loads) }}
    {%- endif %}
),
{% endfor %}
recomputed as (
    {%- for entity in entities %}
    {%- set has_sender = execute and 'sender' in source_node(domain, entity).columns %}
    {%- for name, is_category in [['*', none]] + watched_columns(domain, entity) %}
    select
        '{{ entity }}' as entity,
        load_id,
        ingest_date,
        max(recorded_at) as recorded_at,
        '{{ name }}' as column_name,
        {%- set value_key %}
        {%- if is_category is none -%}
        'row'
        {%- elif is_category -%}
        coalesce('value:' || cast({{ name }} as {{ dbt.type_string() }}), 'missing')
        {%- else -%}
        case when {{ name }} is null then 'missing' else 'given' end
        {%- endif %}
        {%- endset %}
        {{ value_key }} as value_key,
        cast(count(*) as bigint) as row_count,
        {{ 'max(sender)' if has_sender else "'-'" }} as sender
    from {{ entity }}_row
    group by load_id, ingest_date{{ ', ' ~ value_key if is_category is not none }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),
{% if is_incremental() %}
stored as (
    select *
    from {{ this }} as held
    where
        {%- for entity in entities %}
        (held.entity = '{{ entity }}' and {{ in_load('held', entity, loads) }}){{ ' or' if not loop.last }}
        {%- endfor %}
),
{% endif %}
changes as (
    {{ merge_changes('recomputed', 'stored',
        ['entity', 'load_id', 'ingest_date', 'column_name', 'value_key'], columns) }}
)
{%- endmacro %}
