{#
    purchase_id_of_key(purchase_key) -> bigint, the id in a key that commerce_key made
#}
{% macro purchase_id_of_key(purchase_key) -%}
    cast(substr({{ purchase_key }}, 1, position('/' in {{ purchase_key }}) - 1) as bigint)
{%- endmacro %}
