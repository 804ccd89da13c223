{#
    record_events(received, entity, has_full_extracts, also_touched) -> CTEs, the last but one `events`, the
    last `stored`
    received: CTE of the rows of an entity with record_key; has_full_extracts: it has the columns of
    `extract_history` too, and a new load may be a full extract: its rows speak of the records they hold
    and, by being silent, of all others of its scope; also_touched: select of further record keys that an
    incremental run must look at again, or none.

    `events` has the rows of the records to compute: all of them in a rebuild; in an incremental run those
    of the records that the new loads speak of, complete. `stored` (incremental runs only) has the rows
    that this table holds of the same records, for `merge_changes`.
#}
{% macro record_events(received, entity, has_full_extracts=false, also_touched=none) -%}
{%- if is_incremental() -%}
{%- set is_new = in_new_load(received, entity) -%}
touched_records as (
    select record_key
    from {{ received }}
    where {{ is_new }}
    {%- if has_full_extracts %}
    union
    select record_key
    from {{ received }}
    where extract_scope in (
        select {{ received }}.extract_scope
        from {{ received }}
        where {{ received }}.is_full_extract and {{ is_new }}
    )
    {%- endif %}
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
