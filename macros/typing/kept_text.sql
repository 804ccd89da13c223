{#
    kept_text(x) -> text as it came but for blanks (see `trimmed`), null where nothing is left
    The first step of every text that is kept or compared. chr(1) and chr(31) are taken out: `row_content`
    uses them as marks that no value may hold.
#}
{% macro kept_text(x) -%}
    nullif({{ trimmed("replace(replace(" ~ x ~ ", chr(1), ''), chr(31), '')") }}, '')
{%- endmacro %}
