{#
    funcionario_nome(x) -> text, the name without stray blanks, null where the text is no name
    Nothing left, or the sentence with which the source answers an unknown id (landing refuses it in a body,
    but a list of employees may carry it too). chr(1) and chr(31) are taken out: `row_content` uses them.
#}
{% macro funcionario_nome(x) -%}
    {%- set name = trimmed("replace(replace(" ~ x ~ ", chr(1), ''), chr(31), '')") -%}
    nullif(nullif({{ name }}, ''), 'The argument is not correct')
{%- endmacro %}
