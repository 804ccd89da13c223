{#
    try_date(x) -> date, null where the text is no real day as YYYY-MM-DD of the years 1900 to 2100
    Written back and compared, because engines read more than ISO (`2026-01`, `2026/01/02`).
#}
{% macro try_date(x) -%}
    case
        when
            cast(try_cast({{ x }} as date) as {{ dbt.type_string() }}) = {{ x }}
            and try_cast({{ x }} as date) between date '1900-01-01' and date '2100-12-31'
            then try_cast({{ x }} as date)
    end
{%- endmacro %}
