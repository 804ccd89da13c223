{#
    try_integer(x) -> bigint, null where the text is no whole number of at most 19 digits
    A fraction of zeros is understood (`11.0` is 11): spreadsheets print keys so. Blanks, signs other
    than a leading minus, exponents and separators are not; engines' own casts differ on all of them.
    Nearly all texts are as a number prints itself, which is cheaper to see than a pattern is to match.
#}
{% macro try_integer(x) -%}
    case
        when cast(try_cast({{ x }} as bigint) as {{ dbt.type_string() }}) = {{ x }}
            then try_cast({{ x }} as bigint)
        when not {{ regexp_matched(x, '^-?[0-9]{1,19}([.]0+)?$') }} then null
        when position('.' in {{ x }}) > 0
            then try_cast(substr({{ x }}, 1, position('.' in {{ x }}) - 1) as bigint)
        else try_cast({{ x }} as bigint)
    end
{%- endmacro %}
