{#
    kept_text(x) -> text as it came but for blanks, null where nothing is said (see `is_given`)
    For every text that is kept or shown: no blanks at both ends, one where several stood inside, nothing
    invisible. chr(1) and chr(31) are taken out: `row_content` uses them as marks that no value may hold.
    Nearly all texts are printable ASCII with single blanks, which is cheaper to see than to make.
#}
{% macro kept_text(x) -%}
    {%- set first -%}
        when {{ x }} in ({{ null_markers() | join(', ') }}) then null
        when {{ regexp_matched(x, '^[!-~]+( [!-~]+)*$') }} then {{ x }}
    {%- endset -%}
    {%- set body = "case when GIVEN not in (" ~ null_markers() | join(', ') ~ ") then "
        ~ squeezed("translate(GIVEN, chr(1) || chr(31), '')") ~ " end" -%}
    {{ on_trimmed(x, first, '.', body) }}
{%- endmacro %}
