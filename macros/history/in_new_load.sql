{#
    in_new_load(relation, entity) -> condition: the row of `relation` came with a load of `new_loads`
    The loads are looked up while compiling; see `in_load`. Only in an incremental run.
#}
{% macro in_new_load(relation, entity) -%}
    {{ in_load(relation, entity, found_new_loads([entity])) }}
{%- endmacro %}
