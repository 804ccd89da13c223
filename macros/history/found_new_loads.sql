{#
    found_new_loads(entities) -> list of [entity, load_id, ingest_date]
    The loads of `new_loads`, looked up while compiling; empty while dbt parses. A look-up is a statement,
    which takes a second on Glue: a model that asks for several entities asks once. Only in an incremental
    run.
#}
{% macro found_new_loads(entities) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(run_query("
        select distinct new_load.entity, new_load.load_id, new_load.ingest_date
        from " ~ new_loads() ~ " as new_load
        where new_load.entity in ('" ~ entities | join("', '") ~ "')").rows) }}
{%- endmacro %}
