{#
    in_load(relation, entity, loads) -> condition: the row of `relation` came with one of the loads
    loads: list of [entity, load_id, ingest_date]; those of other entities are left out.
    Written as literals, so that an engine can leave out files by them; where none is left nothing is
    read. More rows than those may be found, of a load that was split by day, or between the first and
    the last of very many loads (statements have a greatest length). Use it where more is harmless: to
    find what must be computed again, never to count.
#}
{% macro in_load(relation, entity, loads) -%}
    {%- set own = [] -%}
    {%- for load in loads if load[0] == entity -%}{%- do own.append(load) -%}{%- endfor -%}
    {%- if not own -%}
    1 = 0
    {%- else -%}
    (
        {%- for column in ['load_id', 'ingest_date'] %}
        {%- set values = own | map(attribute=loop.index) | unique | sort %}
        {{ 'and ' if not loop.first }}{{ relation }}.{{ column }}
        {%- if values | length > 400 %} between '{{ values | first }}' and '{{ values | last }}'
        {%- else %} in ('{{ values | join("', '") }}')
        {%- endif %}
        {%- endfor %}
    )
    {%- endif -%}
{%- endmacro %}
