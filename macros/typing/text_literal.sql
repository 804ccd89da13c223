{#
    text_literal(value) -> SQL of the text, whatever is in it
    value: text or number that is not the project's own: a name from a raw file, a variable, a word of a declaration.
#}
{% macro text_literal(value) -%}
    {#- Most have nothing to escape, and an increment writes thousands down: dbt's four macros would be called for each. -#}
    {%- if modules.re.fullmatch('[0-9A-Za-z_.:-]*', value | string) -%}
        {{ return("'" ~ value ~ "'") }}
    {%- endif -%}
    {{ return(dbt.string_literal(dbt.escape_single_quotes(value | string))) }}
{%- endmacro %}
