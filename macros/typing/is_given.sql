{#
    is_given(x) -> boolean, never null: the delivered text says something
    Null, blanks alone and the markers of `null_markers` (exactly
    so, but for blanks around) say nothing.
#}
{% macro is_given(x) -%}
    case
        when {{ x }} is null or {{ x }} = '' then false
        else {{ trimmed(x) }} not in ({{ null_markers() | join(', ') }})
    end
{%- endmacro %}
