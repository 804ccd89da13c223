{#
    pending_loads(readers) -> list of [entity, load_id, ingest_date]
    readers: names of incremental models that read this one for what they must compute again. The loads
    of `reflected_loads` that one of them is not yet recorded to reflect, whether this model is or not:
    what it holds must serve a reader that failed after it was built. A reader without a table is left
    out: it is built whole and asks nothing.
#}
{% macro pending_loads(readers) -%}
    {%- set built = [] -%}
    {%- if execute -%}
        {%- for name in readers -%}
            {%- set node = model_node(name) -%}
            {%- if is_stored(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) -%}
                {%- do built.append(name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if not built -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(run_query("
        select reflected.entity, reflected.load_id, reflected.ingest_date
        from (" ~ reflected_loads() ~ ") as reflected
        left join (
            select entity, load_id, ingest_date, count(distinct model_name) as reader_count
            from " ~ processed_load_relation(this.schema) ~ "
            where model_name in ('" ~ built | join("', '") ~ "')
            group by entity, load_id, ingest_date
        ) as done
            on reflected.entity = done.entity
            and reflected.load_id = done.load_id
            and reflected.ingest_date = done.ingest_date
        where coalesce(done.reader_count, 0) < " ~ built | length).rows) }}
{%- endmacro %}
