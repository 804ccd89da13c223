{#
    is_iso_date(x) -> boolean or null: the text is a day as YYYY-MM-DD of the years 1900 to 2100
    Written back and compared, because engines read more than ISO (`2026-01`, `2026/01/02`).
#}
{% macro is_iso_date(x) -%}
    (
        cast(try_cast({{ x }} as date) as {{ dbt.type_string() }}) = {{ x }}
        and try_cast({{ x }} as date) between date '1900-01-01' and date '2100-12-31'
    )
{%- endmacro %}
