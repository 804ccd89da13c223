{#
    classe_acao(type_text) -> text: the share class, such as `PNA`; null of null
    type_text: trimmed text, of fixed width or with collapsed blanks.
#}
{% macro classe_acao(type_text) -%}
    case
        when {{ is_fixed_width_type(type_text) }} then trim(both ' ' from substr({{ type_text }}, 1, 4))
        when position(' ' in {{ type_text }}) > 0
            then substr({{ type_text }}, 1, position(' ' in {{ type_text }}) - 1)
        else {{ type_text }}
    end
{%- endmacro %}
