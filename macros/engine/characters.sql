{#
    characters(points) -> text of these characters, in order
    points: list of code points, numbers of the basic plane. Written as numbers, because some of them
    cannot be seen, and some would end a line of the SQL. Spark's `chr` knows 256 characters only.
#}
{% macro characters(points) -%}
    {{ return(adapter.dispatch('characters', 'lakehouse')(points)) }}
{%- endmacro %}

{% macro default__characters(points) -%}
    {{ unknown_engine('characters') }}
{%- endmacro %}

{% macro duckdb__characters(points) -%}
    '{% for point in points %}{{ '%c' % point }}{% endfor %}'
{%- endmacro %}

{% macro athena__characters(points) -%}
    chr({{ points | join(') || chr(') }})
{%- endmacro %}

{% macro glue__characters(points) -%}
    decode(unhex('{% for point in points %}{{ '%04X' % point }}{% endfor %}'), 'UTF-16BE')
{%- endmacro %}
