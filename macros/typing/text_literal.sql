{#
    text_literal(value) -> SQL of the text, whatever is in it
    value: text or number that is not the project's own: a name from a raw file, a variable, a word of a declaration.
#}
{% macro text_literal(value) -%}
    {{ return(dbt.string_literal(dbt.escape_single_quotes(value | string))) }}
{%- endmacro %}
