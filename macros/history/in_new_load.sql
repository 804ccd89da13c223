{#
    in_new_load(relation, entity) -> condition: the row of `relation` came with a load of `new_loads`
#}
{% macro in_new_load(relation, entity) -%}
    exists (
        select 1
        from {{ new_loads() }} as new_load
        where
            new_load.entity = '{{ entity }}'
            and new_load.load_id = {{ relation }}.load_id
            and new_load.ingest_date = {{ relation }}.ingest_date
    )
{%- endmacro %}
