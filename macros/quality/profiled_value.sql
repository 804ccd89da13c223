{#
    profiled_value(name, is_category) -> text: what a row counts for in the profile of its delivery
    Of a watched column: `missing`, else `given` or, where it is a category, `value:` and the value.
    `row` where is_category is none: the row itself is counted.
#}
{% macro profiled_value(name, is_category) -%}
    {%- if is_category is none -%}
    'row'
    {%- elif is_category -%}
    coalesce('value:' || cast({{ name }} as {{ dbt.type_string() }}), 'missing')
    {%- else -%}
    case when {{ name }} is null then 'missing' else 'given' end
    {%- endif -%}
{%- endmacro %}
