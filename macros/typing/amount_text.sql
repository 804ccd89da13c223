{#
    amount_text(x) -> text with a decimal point and no grouping, null where x is no amount
    Understood: `2400,00`, `2400.0`, `-5`, `1.234,56`, `1,234.56` (of two kinds of separator the last is
    the decimal one, groups have three digits). More than two decimals are no amount, so `1.234` is none.
#}
{% macro amount_text(x) -%}
    case
        when {{ regexp_matched(x, '^-?[0-9]+([.][0-9]{1,2})?$') }} then {{ x }}
        when {{ regexp_matched(x, '^-?[0-9]+,[0-9]{1,2}$') }} then replace({{ x }}, ',', '.')
        when {{ regexp_matched(x, '^-?[0-9]{1,3}([.][0-9]{3})+,[0-9]{1,2}$') }}
            then replace(replace({{ x }}, '.', ''), ',', '.')
        when {{ regexp_matched(x, '^-?[0-9]{1,3}(,[0-9]{3})+[.][0-9]{1,2}$') }}
            then replace({{ x }}, ',', '')
    end
{%- endmacro %}
