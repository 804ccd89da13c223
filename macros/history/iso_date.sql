{#
    iso_date(variable, value) -> text, the value if it is a real day as YYYY-MM-DD
    variable: its name for the error; value: text, or a date of YAML.
    *Raises* an error that names the variable and quotes the value otherwise.
#}
{% macro iso_date(variable, value) -%}
    {%- set text = value | string -%}
    {%- set days_of_month = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
    {%- set shape = modules.re.fullmatch('([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})', text) -%}
    {%- set is_day = namespace(value=false) -%}
    {%- if shape -%}
        {%- set year, month, day = shape.group(1) | int, shape.group(2) | int, shape.group(3) | int -%}
        {%- set is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
        {%- set last = 29 if month == 2 and is_leap else days_of_month[month - 1] -%}
        {%- set is_day.value = year > 0 and 1 <= day <= last -%}
    {%- endif -%}
    {%- if not is_day.value -%}
        {{ exceptions.raise_compiler_error("The variable '" ~ variable ~ "' must be a real day as YYYY-MM-DD, got '" ~ text ~ "'.") }}
    {%- endif -%}
    {{ return(text) }}
{%- endmacro %}
