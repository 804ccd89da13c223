{#
    landed_changes(domain, entities, held) -> list of [entity, ingest_date, load_id] (text)
    entities: names of the domain's raw tables; held: relation of its load table. What of the raw zone and of the
    load table is not in the other, looked up in one statement: the days under which a raw file lies that the table
    does not hold, with load_id null, and the loads it holds of which no raw file is there. A file that nobody can
    tell from a held one by its name (see `landed_loads`) is read again, and on its day the rows say which loads are
    there.
#}
{% macro landed_changes(domain, entities, held) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set text = dbt.type_string() -%}
    {%- set looked_up = ["select cast(null as " ~ text ~ ") as entity, cast(null as " ~ text ~ ") as load_id, cast(null as " ~ text ~ ") as ingest_date where 1 = 0"] -%}
    {%- for entity in entities if raw_relation(domain, entity) is not none -%}
        {%- do looked_up.append("select '" ~ entity ~ "' as entity, load_id, ingest_date from (" ~ landed_loads(domain, entity) ~ ") as raw_file") -%}
    {%- endfor -%}
    {%- set rows = run_query("
        select distinct
            coalesce(landed.entity, held.entity) as entity,
            coalesce(landed.ingest_date, held.ingest_date) as ingest_date,
            held.load_id
        from (" ~ looked_up | join(' union all ') ~ ") as landed
        full outer join (select distinct entity, load_id, ingest_date from " ~ held ~ ") as held
            on held.entity = landed.entity and held.load_id = landed.load_id
            and held.ingest_date = landed.ingest_date
        where (held.entity is null or landed.entity is null)
            and " ~ is_known_day('coalesce(landed.ingest_date, held.ingest_date)') ~ "
        order by 1, 2, 3").rows -%}
    {%- set days = [] -%}
    {%- for row in rows if row[2] is none -%}{%- do days.append([row[0], row[1]]) -%}{%- endfor -%}
    {%- set found = [] -%}
    {%- set doubted = {} -%}
    {%- for row in rows -%}
        {%- if row[2] is none or [row[0], row[1]] not in days -%}
            {%- do found.append([row[0], row[1], row[2]]) -%}
        {%- else -%}
            {%- do doubted.setdefault(row[0], []).append([row[1], row[2]]) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for entity, loads in doubted.items() -%}
        {%- set there = run_query("select distinct ingest_date, load_id from " ~ raw_relation(domain, entity) ~ " as raw_row where " ~ in_literals('ingest_date', loads | map('first') | list)).rows | map('list') | list -%}
        {%- for load in loads if load not in there -%}{%- do found.append([entity] + load) -%}{%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
