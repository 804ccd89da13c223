{#
    commerce_key(id, partition) -> text `<id>/<partition or ->`, null where the id is null
    A missing partition is a key value of its own: it matches only a missing partition. One text, because
    a null in a merge key would never match and be inserted again.
#}
{% macro commerce_key(id, partition) -%}
    cast({{ id }} as {{ dbt.type_string() }}) || '/' || coalesce(cast({{ partition }} as {{ dbt.type_string() }}), '-')
{%- endmacro %}
