{#
    pending_loads(readers) -> list of [load_key, entity, load_id, ingest_date]
    readers: names of incremental models that read this one for what they must compute again. The loads
    of `available_loads` that one of them is not yet noted to reflect, whether this model is or not:
    what it holds must serve a reader that failed after it was built. A reader without a table is left
    out: it is built whole and asks nothing.
#}
{% macro pending_loads(readers) -%}
    {%- set built = [] -%}
    {%- if execute -%}
        {%- for name in readers if is_stored(model_relation(name)) -%}
            {%- do built.append(name) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if not built -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(run_query("
        select new_load.load_key, new_load.entity, new_load.load_id, new_load.ingest_date
        from (" ~ available_loads(model.name) ~ ") as new_load
        left join (
            select load_key, count(distinct model_name) as reader_count
            from " ~ reflected_load_relation(this.schema) ~ "
            where model_name in ('" ~ built | join("', '") ~ "')
            group by load_key
        ) as done on new_load.load_key = done.load_key
        where coalesce(done.reader_count, 0) < " ~ built | length).rows) }}
{%- endmacro %}
