{#
    marca_evento(type_text, class, level) -> text: the event mark, such as `EJ`, null where the type has none
    type_text: trimmed text, of fixed width or with collapsed blanks; class, level: columns with the answers
    of `classe_acao` and `nivel_governanca`. The list of marks is open, so the mark is what stands between
    class and level, whatever it is.
#}
{% macro marca_evento(type_text, class, level) -%}
    {{ kept_text(
        "substr(" ~ type_text ~ ", length(" ~ class ~ ") + 1, length(" ~ type_text ~ ") - length("
        ~ class ~ ") - coalesce(length(" ~ level ~ "), 0))"
    ) }}
{%- endmacro %}
