{#
    glue__escape_single_quotes(expression) -> the text as it may stand between single quotes
    Takes the place of the one of dbt-spark. dbt-glue sends SQL inside a Python literal, so a backslash
    is read twice, by Python and then by Spark: each has to be written four times to arrive once.
#}
{% macro glue__escape_single_quotes(expression) -%}
    {{ expression | replace('\\', '\\\\\\\\') | replace("'", "\\\\'") }}
{%- endmacro %}
