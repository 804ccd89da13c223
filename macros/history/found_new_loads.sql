{#
    found_new_loads() -> list of [load_key, entity, load_id, ingest_date]
    The loads of `new_loads`, looked up while compiling; empty while dbt parses. A look-up is a statement,
    which takes a second on Glue: ask once per model. Only in an incremental run.
#}
{% macro found_new_loads() -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(run_query("
        select new_load.load_key, new_load.entity, new_load.load_id, new_load.ingest_date
        from " ~ new_loads() ~ " as new_load").rows) }}
{%- endmacro %}
