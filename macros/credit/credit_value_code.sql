{#
    credit_value_code(value) -> text in ASCII snake case: the part of a column's name that stands for a
    value of the vocabulary
#}
{% macro credit_value_code(value) -%}
    {{ return(modules.re.sub('[^a-z0-9]+', '_', value | string | lower)) }}
{%- endmacro %}
