{#
    in_new_load(relation, entity) -> condition: the row of `relation` came with a load of `new_loads`
    The loads are looked up while compiling; see `in_load`. Only in an incremental run.
#}
{% macro in_new_load(relation, entity) -%}
    {%- set loads = [] -%}
    {%- if execute -%}
        {%- set loads = run_query("
            select distinct new_load.entity, new_load.load_id, new_load.ingest_date
            from " ~ new_loads() ~ " as new_load
            where new_load.entity = '" ~ entity ~ "'").rows -%}
    {%- endif -%}
    {{ in_load(relation, entity, loads) }}
{%- endmacro %}
