{#
    listed_in(codes, code) -> condition, never null: the comma-separated text `codes` (SQL) holds the word
    `code`
#}
{% macro listed_in(codes, code) -%}
    coalesce(position(',{{ code }},' in ',' || {{ codes }} || ',') > 0, false)
{%- endmacro %}
