{#
    is_unknown_category(column) -> condition, never null: the column holds a value that the vocabulary lacks
#}
{% macro is_unknown_category(column) -%}
    ({{ column }} is not null and {{ column }} not in ('{{ credit_declarations().vocabulary[column] | join("', '") }}'))
{%- endmacro %}
