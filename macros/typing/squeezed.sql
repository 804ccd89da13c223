{#
    squeezed(x) -> text without blanks at both ends, one where several stood inside, null where nothing is left
    x: text whose blanks are plain ones and in which no chr(1) stands. A blank that follows a blank goes:
    chr(1) marks every blank, so that the mark before a blank shows it.
#}
{% macro squeezed(x) -%}
    nullif(replace(replace(replace(trim(both ' ' from {{ x }}), ' ', ' ' || chr(1)), chr(1) || ' ', ''), chr(1), ''), '')
{%- endmacro %}
