{#
    try_nota(x) -> decimal(4,2) from 0 to 10, null where the text is no grade
    Read as an amount is (`8,5` is 8.5; at most two decimals); see `amount_text` for telling a text that
    is no number from a number that is no grade.
#}
{% macro try_nota(x) -%}
    case
        when {{ try_amount(x) }} between 0 and 10
            then cast({{ try_amount(x) }} as decimal(4, 2))
    end
{%- endmacro %}
