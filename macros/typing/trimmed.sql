{#
    trimmed(x) -> text without blanks, tabs, line breaks and no-break spaces at both ends
    Engines disagree on what `trim` takes away; every such character becomes a blank first, inside the
    text too, so that a line break in a quoted field never reaches a mart.
#}
{% macro trimmed(x) -%}
    trim(replace(replace(replace(replace({{ x }}, chr(9), ' '), chr(10), ' '), chr(13), ' '), chr(160), ' '))
{%- endmacro %}
