{#
    null_markers() -> list of SQL texts: what a source writes for "no value", beside nothing at all
    `\N` by its number: Glue eats a level of backslashes.
#}
{% macro null_markers() -%}
    {{ return(["''", "'NULL'", "'null'", "chr(92) || 'N'"]) }}
{%- endmacro %}
