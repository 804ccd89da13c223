{#
    purchase_partition_of_key(purchase_key) -> bigint, the partition in a key that commerce_key made, null
    where it is missing
#}
{% macro purchase_partition_of_key(purchase_key) -%}
    cast(nullif(substr({{ purchase_key }}, position('/' in {{ purchase_key }}) + 1), '-') as bigint)
{%- endmacro %}
