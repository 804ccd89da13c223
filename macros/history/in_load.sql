{#
    in_load(relation, entity, loads) -> condition: the row of `relation` came with one of the loads
    loads: list of [load_key, entity, …], all that a statement asks for; those of other entities are left out.
    Written as literals, so that an engine can leave out files by them; where none is left nothing is read, and
    where they are very many, of all entities together (`most_literals`), everything is. Use it where more is
    harmless: to find what must be computed again, never to count.
#}
{% macro in_load(relation, entity, loads) -%}
    {%- set keys = [] -%}
    {%- for load in loads if load[1] == entity -%}{%- do keys.append(load[0]) -%}{%- endfor -%}
    {%- if not keys -%}
    1 = 0
    {%- elif loads | length > most_literals() -%}
    1 = 1
    {%- else -%}
    {{ relation }}.load_key in ({{ keys | sort | join(', ') }})
    {%- endif -%}
{%- endmacro %}
