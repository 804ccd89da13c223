{#
    stated_text(x, is_read) -> text, null where nothing is said: as for `is_given`, and NULL or NA in any case
    is_read: true for a text that is read further, as `trimmed`;
    false for one that is kept, as `kept_text`.
#}
{% macro stated_text(x, is_read=false) -%}
    {{ bound(
        trimmed(x) if is_read else kept_text(x), 'k',
        "case when k not in ('', chr(92) || 'N') and upper(k) not in ('NULL', 'NA') then k end"
    ) }}
{%- endmacro %}
