{#
    credit_category(column) -> case expression: text, the code of the vocabulary's value, `other` for a
    value that the vocabulary lacks, `missing` for null
    A declared value that is called OTHER is the same category as any value not declared; the flag
    is_<column>_unknown keeps them apart.
#}
{% macro credit_category(column) -%}
    case
        when {{ column }} is null then 'missing'
        {%- for value in credit_declarations().vocabulary[column] %}
        when {{ column }} = {{ text_literal(value) }} then '{{ credit_value_code(value) }}'
        {%- endfor %}
        else 'other'
    end
{%- endmacro %}
