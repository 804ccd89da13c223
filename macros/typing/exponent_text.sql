{#
    exponent_text(x) -> text of the same number with 18 decimals and no exponent, null where the text is no
    number with an exponent (`1.5E7`), or has digits that no decimal(38,18) holds
    x: SQL of a trimmed text. Exact: a digit beyond the 18th decimal makes it no number, so that no cast
    rounds. A number too large for 20 digits before the point keeps its whole part alone, because it is out
    of range of every column.
#}
{% macro exponent_text(x) -%}
    case
        when
            {{ regexp_matched(x, '^-?[0-9]{1,20}([.][0-9]+)?[eE][+-]?[0-9]{1,2}$') }}
            and (
                coalesce(length(regexp_extract({{ x }}, '[.]([0-9]*[1-9])0*[eE]', 1)), 0)
                - try_cast(regexp_extract({{ x }}, '[eE](.*)', 1) as integer) <= 18
                or {{ regexp_matched(x, '^-?[0.]+[eE]') }}
            )
            then coalesce(
                {{ decimal_text('try_cast(' ~ x ~ ' as decimal(38, 18))') }},
                cast(try_cast({{ x }} as decimal(38, 0)) as {{ dbt.type_string() }})
            )
    end
{%- endmacro %}
