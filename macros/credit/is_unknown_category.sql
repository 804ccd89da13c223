{#
    is_unknown_category(column) -> condition, never null: the column holds a value that the vocabulary lacks
#}
{% macro is_unknown_category(column) -%}
    {%- set known = [] -%}
    {%- for value in credit_declarations().vocabulary[column] -%}{%- do known.append(text_literal(value)) -%}{%- endfor -%}
    ({{ column }} is not null and {{ column }} not in ({{ known | join(', ') }}))
{%- endmacro %}
