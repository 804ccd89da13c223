{#
    row_as_json(columns, masked) -> text, one JSON object of the delivered texts, keys alphabetical
    columns: names as the source delivers them, read from `<name>_text`; masked: those whose value is
    personal and written as '***' where one was given. Nulls stay null, the mark of `own_markers` goes. A map is the one form of Trino with
    an order of keys that can be told, alphabetical, so all engines have it.
#}
{% macro row_as_json(columns, masked=[]) -%}
    {%- set values = [] -%}
    {%- for name in columns | sort -%}
        {%- do values.append([name, ("case when " ~ name ~ "_text is not null then '***' end") if name in masked else "replace(" ~ name ~ "_text, chr(1), '')"]) -%}
    {%- endfor -%}
    {{ return(adapter.dispatch('row_as_json', 'lakehouse')(values)) }}
{%- endmacro %}

{% macro default__row_as_json(values) -%}
    {{ unknown_engine('row_as_json') }}
{%- endmacro %}

{% macro duckdb__row_as_json(values) -%}
    cast(json_object(
        {%- for name, value in values %}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{% endfor -%}
    ) as varchar)
{%- endmacro %}

{% macro athena__row_as_json(values) -%}
    json_format(cast(map(
        array[{% for name, value in values %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor %}],
        array[{% for name, value in values %}cast({{ value }} as varchar){{ ', ' if not loop.last }}{% endfor %}]
    ) as json))
{%- endmacro %}

{% macro glue__row_as_json(values) -%}
    to_json(named_struct(
        {%- for name, value in values %}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{% endfor -%}
    ), map('ignoreNullFields', 'false'))
{%- endmacro %}
