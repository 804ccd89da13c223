{#
    stated_text(x) -> text without outer blanks, null where nothing is said: empty, NULL or NA in any case
#}
{% macro stated_text(x) -%}
    {%- set kept = kept_text(x) -%}
    case when upper({{ kept }}) not in ('NULL', 'NA') then {{ kept }} end
{%- endmacro %}
