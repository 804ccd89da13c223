{#
    given_rows(rows, types, quoted) -> select of rows of a unit test as one list of values
    `types` and `quoted` by column name in lower case; every column of `types` comes out, cast once, null
    where a row does not name it. All values are written as texts, so that one column may mix numbers and
    texts of numbers without losing a digit. A name that `types` lacks is refused with dbt's own message.
#}
{% macro given_rows(rows, types, quoted) -%}
    {%- set given = [] -%}
    {%- set lowered = [] -%}
    {%- for row in rows -%}
        {%- set by_name = {} -%}
        {%- for name, value in row.items() -%}
            {%- if name | lower not in types -%}{%- do format_row(row, types) -%}{%- endif -%}
            {%- if name | lower not in given -%}{%- do given.append(name | lower) -%}{%- endif -%}
            {%- do by_name.update({name | lower: value}) -%}
        {%- endfor -%}
        {%- do lowered.append(by_name) -%}
    {%- endfor %}
    select
        {%- for name, type in types.items() %}
        cast({{ quoted[name] if name in given else 'null' }} as {{ type }}) as {{ quoted[name] }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        values
        {%- for row in lowered %}
        (
            {%- for name in given -%}
            {%- set value = row.get(name) -%}
            {{ 'null' if value is none else text_literal(value) }}
            {%- if not loop.last %}, {% endif -%}
            {%- endfor -%}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as fixture ({% for name in given %}{{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
