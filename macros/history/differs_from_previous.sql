{#
    differs_from_previous(columns) -> condition, never null: one of the columns is not what
    `previous_<column>` holds; null is a value like any other
#}
{% macro differs_from_previous(columns) -%}
    (
        {%- for column in columns %}
        {{ 'or ' if not loop.first }}{{ column }} is distinct from previous_{{ column }}
        {%- endfor %}
    )
{%- endmacro %}
