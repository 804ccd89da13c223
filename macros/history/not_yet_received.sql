{#
    not_yet_received(typed, source_name, table_name) -> condition on the rows of the CTE `typed`
    For tables of received rows: closed days, and in an incremental run only loads the table does not
    hold. The days are looked up while compiling and written as literals, because only literals keep
    an engine from opening every partition of the raw zone; whether a row is new is decided by what the
    table holds, so that a crash before the loads were recorded cannot store them twice.
    The model comes to depend on the acknowledged loads, which its test `rejected_share` reads: dbt lets
    a model wait for a test only if all that the test reads lies upstream of the model.
#}
{% macro not_yet_received(typed, source_name, table_name) -%}
    {%- do ref('ref_quality__acknowledged_load') -%}
    {{ typed }}.ingest_date < '{{ first_open_day() }}'
    {%- if execute and is_incremental() %}
    {%- set raw = raw_relation(source_name, table_name) -%}
    {%- set days = [] -%}
    {%- if raw is not none -%}
        {%- set days = run_query("
            select distinct landed.ingest_date
            from (
                select distinct load_id, ingest_date from " ~ raw ~ "
                where ingest_date < '" ~ first_open_day() ~ "'
            ) as landed
            where not exists (
                select 1 from " ~ processed_load_relation(this.schema) ~ " as own
                where own.model_name = '" ~ this.identifier ~ "'
                    and own.load_id = landed.load_id and own.ingest_date = landed.ingest_date
            )
            order by landed.ingest_date").columns[0].values() | list -%}
    {%- endif %}
    {%- if not days %}
    and 1 = 0
    {%- elif days | length > 400 %}
    and {{ typed }}.ingest_date between '{{ days | first }}' and '{{ days | last }}'
    {%- else %}
    and {{ typed }}.ingest_date in ('{{ days | join("', '") }}')
    {%- endif %}
    and not exists (
        select 1
        from {{ this }} as held
        where
            held.load_id = {{ typed }}.load_id
            and held.ingest_date = {{ typed }}.ingest_date
        {%- if days and days | length <= 400 %}
            and held.ingest_date in ('{{ days | join("', '") }}')
        {%- endif %}
    )
    {%- endif %}
{%- endmacro %}
