{#
    row_as_json(columns, masked, operation) -> text, one JSON object of the delivered texts, keys alphabetical
    columns: names as the source delivers them, read from `<name>_text`; masked: those whose value is
    personal and written as '***' where one was given. Nulls stay null, the mark of `own_markers` goes. A map
    is the one form of Trino with an order of keys that can be told, alphabetical, so all engines have it. A
    row with columns that nobody declared has `rescued_data` besides, masked; a row without has no such key.
    operation: as declared (`declared_operation`), whose columns are shown too, or none.
#}
{% macro row_as_json(columns, masked=[], operation=none) -%}
    {%- set declared, with_rescued = [], [] -%}
    {%- set told = [operation.column, operation.time] | select | list if operation is not none else [] -%}
    {%- for name in (columns + told + ['rescued_data']) | sort -%}
        {%- if name == 'rescued_data' -%}
            {%- do with_rescued.append([name, "'***'"]) -%}
        {%- else -%}
            {%- set text = ("case when " ~ name ~ "_text is not null then '***' end") if name in masked else "replace(" ~ name ~ "_text, chr(1), '')" -%}
            {%- do declared.append([name, text]) -%}
            {%- do with_rescued.append([name, text]) -%}
        {%- endif -%}
    {%- endfor -%}
    case
        when rescued_data is null then {{ adapter.dispatch('row_as_json', 'lakehouse')(declared) }}
        else {{ adapter.dispatch('row_as_json', 'lakehouse')(with_rescued) }}
    end
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
