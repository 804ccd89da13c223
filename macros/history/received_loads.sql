{#
    received_loads(domain) -> CTEs, the last of them `load`
    Of every entity of the domain (`record_tables`). `load` has one row per entity, load, ingest_date and source
    file that the run takes and, in an incremental run, this table lacks: what raw says of it, and the number that
    its rows carry (`load_key`).

    Read from raw: staging receives the same rows, and types columns of which nothing is asked here. Where it is
    written out, on Glue, that was the longest statement of the project.

    Built before all else of its domain, so that a load which lands meanwhile belongs to the next run as
    a whole. The days are looked up and written as literals, because only literals keep an engine from
    opening every partition of the raw zone; whether a load is new is decided by what the table holds. The same
    look-up says what the table holds and raw does not, which stops the run (`check_held_loads`).
#}
{% macro received_loads(domain) -%}
    {%- set entities = record_tables()[domain].keys() | list -%}
    {%- set held = this if execute and is_incremental() else none -%}
    {%- do ref('ref_quality__load_decision') -%}
    {%- set found = [] -%}
    {%- set missing = [] -%}
    {%- for row in (landed_changes(domain, entities, held) if held else []) -%}
        {%- do (found if row[2] is none else missing).append(row) -%}
    {%- endfor -%}
    {%- do check_held_loads(missing) -%}
received_row as (
    {%- for entity in entities %}
    {%- set columns = source_node(domain, entity).columns if execute else [] -%}
    {%- set days = [] -%}
    {%- for row in found if row[0] == entity -%}{%- do days.append(row[1]) -%}{%- endfor %}
    select
        '{{ entity }}' as entity,
        load_id,
        ingest_date,
        source_file,
        {{ as_timestamp('recorded_at') }} as recorded_at,
        {{ 'is_full_extract' if 'is_full_extract' in columns else 'false' }} as is_full_extract,
        {{ known_sender() if 'sender' in columns else "'-'" }} as sender
    from {{ raw_table(domain, entity) }}
    where
        {{ is_known_day('ingest_date') }}
        {%- if held %}
        and {{ in_literals('ingest_date', days) }}
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

load as (
    select
        {{ load_key('entity', 'load_id', 'ingest_date', 'source_file') }} as load_key,
        entity,
        load_id,
        ingest_date,
        source_file,
        min(recorded_at) as first_recorded_at,
        max(recorded_at) as last_recorded_at,
        cast(count(*) as bigint) as row_count,
        bool_or(is_full_extract) as is_full_extract,
        max(sender) as sender
    from received_row
    {%- if held %}
    where not exists (
        select 1
        from {{ held }} as held
        where
            held.entity = received_row.entity
            and held.load_id = received_row.load_id
            and held.ingest_date = received_row.ingest_date
    )
    {%- endif %}
    group by entity, load_id, ingest_date, source_file
)
{%- endmacro %}
