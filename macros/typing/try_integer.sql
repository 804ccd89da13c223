{#
    try_integer(x) -> bigint, null where the text is no whole number of at most 19 digits
    A fraction of zeros is understood (`11.0` is 11): spreadsheets print keys so; but not three of them
    (`11.000` may be eleven thousand). An exponent is understood where the number is whole
    (`1.23456789E8`). Signs other than a leading minus and separators are not; engines' own casts differ on
    all of them. Nearly all texts are as a number prints itself, which is cheaper to see than a pattern is
    to match; only one with a blank or an exponent is looked at closely.
#}
{% macro try_integer(x) -%}
    {%- set first -%}
        when cast(try_cast({{ x }} as bigint) as {{ dbt.type_string() }}) = {{ x }}
            then try_cast({{ x }} as bigint)
        when {{ regexp_matched(x, '^-?[0-9]{1,19}([.](0|00|0{4,}))?$') }}
            then try_cast(regexp_extract({{ x }}, '^[^.]+', 0) as bigint)
    {%- endset -%}
    {%- set whole = "regexp_extract(GIVEN, '^(-?[0-9]{1,19})([.](0|00|0{4,}))?$', 1)" -%}
    {%- set moved = "regexp_extract(" ~ exponent_text('GIVEN') ~ ", '^(-?[0-9]+)([.]0+)?$', 1)" -%}
    {{ on_trimmed(x, first, '(^ | $|[^ -~]|[0-9][eE])', "coalesce(try_cast(" ~ whole ~ " as bigint), try_cast(" ~ moved ~ " as bigint))") }}
{%- endmacro %}
