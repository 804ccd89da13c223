{#
    is_given(x) -> boolean: the delivered text says something (neither null nor empty)
#}
{% macro is_given(x) -%}
    ({{ x }} is not null and {{ x }} <> '')
{%- endmacro %}
