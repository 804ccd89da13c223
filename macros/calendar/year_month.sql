{#
    year_month(day) -> text `YYYY-MM` of a date
#}
{% macro year_month(day) -%}
    substr(cast({{ day }} as {{ dbt.type_string() }}), 1, 7)
{%- endmacro %}
