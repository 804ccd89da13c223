{#
    single_spaced(x) -> text trimmed, with single blanks inside, null where nothing is left
    For texts that are kept as delivered but for blanks, which a source may collapse or not. A blank that
    follows a blank goes: chr(1), which `kept_text` has taken out, marks every blank, so that the mark
    before a blank shows it.
#}
{% macro single_spaced(x) -%}
    replace(replace(replace(
        {{ kept_text(x) }},
        ' ', ' ' || chr(1)
    ), chr(1) || ' ', ''), chr(1), '')
{%- endmacro %}
