{#
    received_rows(entity, staged, load, columns, has_full_extracts, also_touched) -> CTEs, the last of them
    `received`
    staged: relation of the staging model; load: relation of the domain's load table; columns: those of
    `record_columns`; has_full_extracts: columns has extract_scope and is_full_extract, and a full extract
    speaks of the records it holds and, by being silent, of all others of its scope; also_touched:
    select of further record keys that an incremental run must look at again, or none (it may read
    `new_load`, the keys of all loads that are new to the table).

    `received` has the rows of the records to compute, each with its load's load_id and source_file: all
    rows in a rebuild; in an incremental run those of the records that new loads speak of, complete. New
    rows come from staging, the others from the table itself. Besides, in an incremental run: `stored`,
    what the table holds of the same records (see `merge_changes`). With has_full_extracts also
    `delivered`: every row that says what a delivery of a touched scope held. The marks tell Athena and Glue
    to work the new rows, and in an incremental run the received ones, out once (`with_kept_ctes`).

    The model comes to depend on the acknowledged loads, which its test `rejected_share` reads: dbt lets
    a model wait for a test only if all that the test reads lies upstream of the model.
#}
{% macro received_rows(entity, staged, load, columns, has_full_extracts=false, also_touched=none) -%}
{%- set loads = found_new_loads() if is_incremental() else [] -%}
{%- do ref('ref_quality__load_decision') -%}
{%- set own = [] -%}
{%- for row in loads if row[1] == entity -%}{%- do own.append(row) -%}{%- endfor -%}
load as (
    select *
    from {{ load }}
    where entity = '{{ entity }}'
),
{% if is_incremental() %}
{#- Athena works it out again at every place that names it: written out, it reads no table. #}
new_load as (
    {%- if not loads %}
    select cast(null as bigint) as load_key where 1 = 0
    {%- elif loads | length > most_literals() %}
    select load_key from {{ new_loads() }} as available_load
    {%- else %}
    select load_key from (values ({{ loads | map(attribute=0) | sort | join('), (') }})) as listed (load_key)
    {%- endif %}
),
{% endif %}
staged as (
    select *
    from {{ staged }}
    {%- if is_incremental() %}
    where
        {{ in_literals('load_id', own | map(attribute=2)) }}
        and {{ in_literals('ingest_date', own | map(attribute=3)) }}
    {%- endif %}
),

incoming as /* kept incoming */ (
    select
        load.load_id,
        load.source_file,
        {%- for column in columns %}
        {%- if column == 'load_key' %}
        load.load_key,
        {%- elif column == 'ingest_date' %}
        cast(load.ingest_date as date) as ingest_date
        {{- ',' if not loop.last }}
        {%- else %}
        staged.{{ column }}
        {{- ',' if not loop.last }}
        {%- endif %}
        {%- endfor %}
    from staged
    inner join load
        on
            staged.load_id = load.load_id
            and staged.ingest_date = load.ingest_date
            and staged.source_file = load.source_file
    {%- if is_incremental() %}
    where load.load_key in (select new_load.load_key from new_load)
    {%- endif %}
) /* end incoming */,
{% if is_incremental() %}
touched_record as (
    select record_key
    from incoming
    where record_key is not null
    {%- if has_full_extracts %}
    union
    select record_key
    from {{ this }}
    where
        record_key is not null
        and extract_scope in (select incoming.extract_scope from incoming where incoming.is_full_extract)
    {%- endif %}
    {%- if also_touched is not none %}
    union
    {{ also_touched }}
    {%- endif %}
),

stored as (
    select *
    from {{ this }}
    where record_key in (select touched_record.record_key from touched_record)
),
{% endif %}
{%- if has_full_extracts %}
delivered as {{ not_materialized() if not is_incremental() }} (
    select * from incoming
    {%- if is_incremental() %}
    union all
    select
        load.load_id,
        load.source_file,
        {%- for column in columns %}
        held.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ this }} as held
    inner join load on held.load_key = load.load_key
    where
        held.extract_scope in (select incoming.extract_scope from incoming)
        and held.load_key not in (select new_load.load_key from new_load)
    {%- endif %}
),
{% endif %}
received as {{ '/* kept received */' if is_incremental() else not_materialized() if has_full_extracts }} (
    select * from incoming
    {%- if is_incremental() %}
    union all
    select
        load.load_id,
        load.source_file,
        {%- for column in columns %}
        stored.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from stored
    inner join load on stored.load_key = load.load_key
    -- A load that is held and new all the same was written by a run that died.
    where stored.load_key not in (select new_load.load_key from new_load)
    {%- endif %}
){{ ' /* end received */' if is_incremental() }}
{%- endmacro %}
