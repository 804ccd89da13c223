{#
    unreadable_conditions(columns) -> list of one condition: of one of the columns the text `<column>_text`
    says something, but `<column>` could not be read from it
#}
{% macro unreadable_conditions(columns) -%}
    {{ return([any_unreadable(columns)]) }}
{%- endmacro %}
