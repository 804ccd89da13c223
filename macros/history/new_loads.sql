{#
    new_loads() -> subquery with the columns entity, load_id, ingest_date (text)
    The loads of `reflected_loads` that the model is not yet recorded to reflect, whatever their
    ingest_date: the work of an incremental run, and what the run records when it is done. No high-water
    mark, because a load may arrive under any day. Only while the project executes.
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
