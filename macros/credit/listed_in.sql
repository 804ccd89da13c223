{#
    listed_in(codes, code) -> condition, never null: the comma-separated text `codes` (SQL) holds the word
    `code`
#}
{% macro listed_in(codes, code) -%}
    (position(',{{ code }},' in ',' || coalesce({{ codes }}, '') || ',') > 0)
{%- endmacro %}
