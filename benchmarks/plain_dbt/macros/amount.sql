{% macro amount(x) -%}
    try_cast(case
        when {{ x }} like '%,__' then replace(replace({{ x }}, '.', ''), ',', '.')
        else replace({{ x }}, ',', '')
    end as decimal(18, 2))
{%- endmacro %}
