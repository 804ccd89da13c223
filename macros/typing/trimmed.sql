{#
    trimmed(x) -> text without blanks at both ends and without invisible characters
    Every blank (see `blank_characters`) becomes the plain one, inside too, so that a line break in a
    quoted field never reaches a mart; runs of them stay. `trim` by itself takes away other characters on
    each engine.
#}
{% macro trimmed(x) -%}
    trim(both ' ' from {{ plain_blanks(x) }})
{%- endmacro %}
