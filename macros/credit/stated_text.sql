{#
    stated_text(x) -> text without outer blanks, null where nothing is said: empty, NULL or NA in any case
    chr(1) and chr(31) are taken out: `row_content` uses them as marks that no value may hold.
#}
{% macro stated_text(x) -%}
    {%- set plain = trimmed("replace(replace(" ~ x ~ ", chr(1), ''), chr(31), '')") -%}
    case when upper({{ plain }}) not in ('', 'NULL', 'NA') then {{ plain }} end
{%- endmacro %}
