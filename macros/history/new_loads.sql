{#
    new_loads() -> subquery with the columns load_key, entity, load_id, ingest_date (text)
    The loads of `available_loads` that the model is not yet noted to reflect, whatever their ingest_date:
    the work of an incremental run. No high-water mark, because a load may arrive under any day. Only
    while the project executes.
#}
{% macro new_loads() -%}
    (
        select
            available.load_key,
            available.entity,
            available.load_id,
            available.ingest_date
        from ({{ available_loads(model.name) if execute else 'select 1' }}) as available
        where available.load_key not in (
            select own.load_key
            from {{ reflected_load_relation(this.schema) }} as own
            where own.model_name = '{{ model.name }}'
        )
    )
{%- endmacro %}
