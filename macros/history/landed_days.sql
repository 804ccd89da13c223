{#
    landed_days(entities) -> list of [entity, ingest_date] (text)
    entities: names. The days under which a raw file lies that the load table being built does not hold,
    looked up while compiling. A file that nobody can tell from a held one (see `landed_loads`) is named
    too: its rows are compared with what the table holds.
#}
{% macro landed_days(entities) -%}
    {%- set domain = model.fqn[1] -%}
    {%- set looked_up = [] -%}
    {%- for entity in entities if execute and raw_relation(domain, entity) is not none -%}
        {%- do looked_up.append("select '" ~ entity ~ "' as entity, load_id, ingest_date from (" ~ landed_loads(domain, entity) ~ ") as raw_file") -%}
    {%- endfor -%}
    {%- if not looked_up -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(run_query("
        select distinct landed.entity, landed.ingest_date
        from (" ~ looked_up | join(' union all ') ~ ") as landed
        where " ~ is_known_day('landed.ingest_date') ~ "
            and not exists (
                select 1 from " ~ this ~ " as held
                where held.entity = landed.entity and held.load_id = landed.load_id
                    and held.ingest_date = landed.ingest_date
            )
        order by landed.entity, landed.ingest_date").rows) }}
{%- endmacro %}
