{#
    month_name_pt(month_number) -> text, the Portuguese name of a month (1 to 12) in lower case, else null
#}
{% macro month_name_pt(month_number) -%}
    case {{ month_number }}
        {%- for name in ['janeiro', 'fevereiro', 'março', 'abril', 'maio', 'junho', 'julho', 'agosto', 'setembro', 'outubro', 'novembro', 'dezembro'] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}
