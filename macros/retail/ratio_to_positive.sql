{#
    ratio_to_positive(numerator, denominator) -> decimal(18,6), null unless the denominator is positive
    Amounts may be negative (returns), and a share of a whole that is zero or less says nothing. Also null
    where the quotient has more than 11 digits before the decimals, which the type cannot hold: it would
    stop the build for one sale of a cent. Both arguments: SQL of amounts of scale 2.
#}
{% macro ratio_to_positive(numerator, denominator) -%}
    case
        when
            {{ denominator }} > 0
            and abs({{ numerator }})
            < cast({{ denominator }} as decimal(20, 2)) * cast(100000000000 as decimal(12, 0))
            then {{ exact_ratio(numerator, denominator, 6) }}
    end
{%- endmacro %}
