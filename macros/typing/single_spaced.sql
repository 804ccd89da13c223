{#
    single_spaced(x) -> text trimmed, with single blanks inside, null where nothing is left
    For texts that are kept as delivered but for blanks, which a source may collapse or not. A blank that
    follows a blank goes: chr(1) marks every blank, so that the mark before a blank shows it. chr(1) and
    chr(31) are taken out first: `row_content` uses them as marks that no value may hold.
#}
{% macro single_spaced(x) -%}
    nullif(replace(replace(replace(
        {{ trimmed("replace(replace(" ~ x ~ ", chr(1), ''), chr(31), '')") }},
        ' ', ' ' || chr(1)
    ), chr(1) || ' ', ''), chr(1), ''), '')
{%- endmacro %}
