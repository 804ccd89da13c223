{#
    iso_date(variable, value) -> text, the value if it is a real day as YYYY-MM-DD
    *Raises* an error that names the variable and quotes the value otherwise.
#}
{% macro iso_date(variable, value) -%}
    {%- set text = value | string -%}
    {%- if not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', text) -%}
        {{ exceptions.raise_compiler_error("The variable '" ~ variable ~ "' must be a day as YYYY-MM-DD, got '" ~ text ~ "'.") }}
    {%- endif -%}
    {{ return(text) }}
{%- endmacro %}
