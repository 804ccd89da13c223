{#
    is_amount_out_of_range(x, digits) -> boolean, never null: an amount by its form that decimal(18,2) cannot
    hold, or one of the texts NaN and infinity in any case
    x: SQL of the text; digits: what `amount_text` makes of it.
#}
{% macro is_amount_out_of_range(x, digits) -%}
    coalesce(
        {{ regexp_matched(digits, '^-?0*[1-9][0-9]{16}') }}
        or {{ regexp_matched("lower(" ~ trimmed(x) ~ ")", '^[+-]?(nan|inf|infinity)$') }},
        false
    )
{%- endmacro %}
