{#
    funcionario_nome(x) -> text, the name without stray blanks, null where the text is no name
    Nothing left, or the sentence with which the source answers an unknown id (landing refuses it in a body,
    but a list of employees may carry it too).
#}
{% macro funcionario_nome(x) -%}
    nullif({{ kept_text(x) }}, 'The argument is not correct')
{%- endmacro %}
