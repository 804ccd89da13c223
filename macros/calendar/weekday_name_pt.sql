{#
    weekday_name_pt(day_of_week) -> text, the Portuguese name of an ISO day of the week (1 = Monday) in
    lower case, else null
#}
{% macro weekday_name_pt(day_of_week) -%}
    case {{ day_of_week }}
        {%- for name in ['segunda-feira', 'terça-feira', 'quarta-feira', 'quinta-feira', 'sexta-feira', 'sábado', 'domingo'] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}
