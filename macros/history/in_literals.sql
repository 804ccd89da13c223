{#
    in_literals(column, values) -> condition: the column is one of the texts
    values: list, in any order and more than once. Written as literals, so that an engine
    can leave out files by them. Without a value nothing holds; of very many (`most_literals`) all that lie between
    the first and the last do, so use it where more is harmless.
#}
{% macro in_literals(column, values) -%}
    {%- set listed = values | unique | sort -%}
    {%- if not listed -%}
    1 = 0
    {%- elif listed | length > most_literals() -%}
    {{ column }} between {{ text_literal(listed | first) }} and {{ text_literal(listed | last) }}
    {%- else -%}
    {{ column }} in ({% for value in listed %}{{ text_literal(value) }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endif -%}
{%- endmacro %}
