{#
    duckdb__collect_freshness(source, loaded_at_field, filter) -> result of a statement with the columns
    max_loaded_at and snapshotted_at: dbt's own, of the files that a raw table has. What dbt hands over are the
    files as declared, without the place of the raw zone; and DuckDB fails on a pattern without files, where
    the answer is null: a source that never delivered is late. Asked as of the start of the run.
#}
{% macro duckdb__collect_freshness(source, loaded_at_field, filter) -%}
    {%- set pattern = raw_location(source.external.split("'")[1]) -%}
    {%- set files = run_query("select 1 from glob('" ~ pattern ~ "') limit 1") -%}
    {%- call statement('collect_freshness', fetch_result=True, auto_begin=False) -%}
    select
        {% if files.rows -%}
        max({{ loaded_at_field }}) as max_loaded_at,
        {%- else -%}
        cast(null as timestamp) as max_loaded_at,
        {%- endif %}
        timestamp '{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S') }}' as snapshotted_at
    {% if files.rows -%}
    from {{ raw_location(source.external) }}
    {{ 'where ' ~ filter if filter }}
    {%- endif %}
    {%- endcall -%}
    {{ return(load_result('collect_freshness')) }}
{%- endmacro %}
