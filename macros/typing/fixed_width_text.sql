{#
    fixed_width_text(x) -> as `kept_text`, but runs of blanks inside stay: they say where a field begins
#}
{% macro fixed_width_text(x) -%}
    case
        when {{ trimmed(x) }} not in ({{ null_markers() | join(', ') }}) then nullif({{ trimmed("replace(replace(" ~ x ~ ", chr(1), ''), chr(31), '')") }}, '')
    end
{%- endmacro %}
