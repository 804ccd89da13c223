{#
    spelling_key(x) -> text in lower case, without accents, outer blanks and doubled inner blanks, null
    where nothing is left
    Two spellings with one key are one word. A blank is any of those that `trimmed` knows. Accents are
    taken off composed letters (by `unaccented`) and as marks of their own, which some systems
    write after the letter. Runs of blanks are cut with a mark that `unaccented` has taken out.
#}
{% macro spelling_key(x) -%}
    {%- set marks = "\u0300\u0301\u0302\u0303\u0308\u030a\u0327" -%}
    nullif(lower(replace(replace(replace(
        {{ unaccented("translate(" ~ x ~ ", '" ~ marks ~ "', '')") }},
        ' ', ' ' || chr(1)), chr(1) || ' ', ''), chr(1), '')), '')
{%- endmacro %}
