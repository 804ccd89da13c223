{#
    record_events(received, entity, also_touched) -> CTEs, the last but one `events`, the last `stored`
    received: CTE of the accepted rows of an entity with record_key; also_touched: select of further
    record keys that an incremental run must look at again, or none.

    `events` has the rows of the records to compute: all of them in a rebuild; in an incremental run those
    of the records that the new loads speak of, complete. `stored` (incremental runs only) has the rows
    that this table holds of the same records, for `merge_changes`.
#}
{% macro record_events(received, entity, also_touched=none) -%}
{%- if is_incremental() -%}
touched_records as (
    select record_key
    from {{ received }}
    where {{ in_new_load(received, entity) }}
    {%- if also_touched is not none %}
    union
    {{ also_touched }}
    {%- endif %}
),

events as (
    select *
    from {{ received }}
    where record_key in (select touched_records.record_key from touched_records)
),

stored as (
    select *
    from {{ this }}
    where record_key in (select touched_records.record_key from touched_records)
)
{%- else -%}
events as {{ not_materialized() }} (
    select * from {{ received }}
)
{%- endif -%}
{%- endmacro %}
