{#
    new_loads() -> subquery with the columns entity, load_id, ingest_date (text)
    The loads that the parents of this model (`config.meta.reflects`) reflect and the model itself does
    not, whatever their ingest_date: the work of an incremental run. No high-water mark, because a load
    may arrive under any day. Only for incremental runs, while the project executes.
#}
{% macro new_loads() -%}
    (
        select reflected.entity, reflected.load_id, reflected.ingest_date
        from ({{ reflected_loads() if execute else 'select 1' }}) as reflected
        where not exists (
            select 1
            from {{ processed_load_relation(this.schema) }} as own
            where
                own.model_name = '{{ this.identifier }}'
                and own.entity = reflected.entity
                and own.load_id = reflected.load_id
                and own.ingest_date = reflected.ingest_date
        )
    )
{%- endmacro %}
