{#
    number_text(x, decimal_mark) -> text with a decimal point, null where x is no number of its sender
    decimal_mark: SQL of '.' or ','. At most 12 digits before the mark and 18 after it; no blanks, signs
    but a minus, exponents or grouping: `1.234` of a sender who writes decimal commas is no number, since
    it may mean either.
#}
{% macro number_text(x, decimal_mark) -%}
    case
        when {{ regexp_matched(x, '^-?[0-9]{1,12}$') }} then {{ x }}
        when {{ decimal_mark }} = '.' and {{ regexp_matched(x, '^-?[0-9]{1,12}[.][0-9]{1,18}$') }} then {{ x }}
        when {{ decimal_mark }} = ',' and {{ regexp_matched(x, '^-?[0-9]{1,12},[0-9]{1,18}$') }}
            then replace({{ x }}, ',', '.')
    end
{%- endmacro %}
