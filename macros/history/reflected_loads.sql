{#
    reflected_loads() -> select with the columns entity, load_id, ingest_date (text)
    The loads that this model reflects once it is built now. A table of received rows: those whose rows
    it holds. Any other: those that every parent which carries the entity reflects, because a load that
    one of two parents still lacks would be taken for done.
#}
{% macro reflected_loads() -%}
    {%- set meta = model.config.meta -%}
    {%- if meta.get('received_entity') -%}
        select distinct '{{ meta.received_entity }}' as entity, load_id, ingest_date
        from {{ this }}
    {%- else -%}
        {%- for entity in carried_entities(model.name) -%}
            {%- set parents = [] -%}
            {%- for parent in meta.reflects if entity in carried_entities(parent) -%}
                {%- do parents.append(parent) -%}
            {%- endfor %}
        select entity, load_id, ingest_date
        from {{ processed_load_relation(this.schema) }}
        where entity = '{{ entity }}' and model_name in ('{{ parents | join("', '") }}')
        group by entity, load_id, ingest_date
        having count(distinct model_name) = {{ parents | length }}
        {{ 'union all' if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
