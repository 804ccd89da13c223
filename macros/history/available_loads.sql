{#
    available_loads(model_name) -> select with the columns load_key, entity, load_id, ingest_date
    The loads that an incremental model reflects once this run has built it: those of its domains' load
    tables, less what a parent lacks that this run does not build. A parent's own note is not read while
    a run builds it: notes are written once, at the end (`record_reflected_loads`).
#}
{% macro available_loads(model_name) -%}
    {%- set entities = carried_entities(model_name) -%}
    {%- set lagging = lagging_parents(model_name) -%}
    {%- for domain in entities.values() | unique %}
    {%- set own = [] -%}
    {%- for entity, of_domain in entities.items() if of_domain == domain -%}{%- do own.append(entity) -%}{%- endfor %}
    select
        landed.load_key,
        landed.entity,
        landed.load_id,
        landed.ingest_date
    from {{ model_relation('int_' ~ domain ~ '__load') }} as landed
    where
        landed.entity in ('{{ own | join("', '") }}')
        {%- for parent in lagging %}
        and (
            landed.entity not in ('{{ carried_entities(parent).keys() | join("', '") }}')
            or landed.load_key in (
                select held.load_key
                from {{ reflected_load_relation(model_node(parent).schema) }} as held
                where held.model_name = '{{ parent }}'
            )
        )
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
