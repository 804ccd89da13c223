{#
    amount_text(x) -> text with a decimal point and no grouping, null where x is no amount
    Understood: `2400,00`, `2400.0`, `-5`, `1.234,56`, `1,234.56` (of two kinds of separator the last is
    the decimal one, groups have three digits), `3312.0000` (four or more decimals, zeros beyond the second)
    and `3.312E3`. One separator and three digits (`1.234`) may be either, so it is no amount.
#}
{% macro amount_text(x) -%}
    {%- set forms -%}
        when {{ regexp_matched('GIVEN', '^-?[0-9]+([.][0-9]{1,2})?$') }} then GIVEN
        when {{ regexp_matched('GIVEN', '^-?[0-9]+,[0-9]{1,2}$') }} then replace(GIVEN, ',', '.')
        when {{ regexp_matched('GIVEN', '^-?[0-9]{1,3}([.][0-9]{3})+,DECIMALS$') }}
            then replace(replace(GIVEN, '.', ''), ',', '.')
        when {{ regexp_matched('GIVEN', '^-?[0-9]{1,3}(,[0-9]{3})+[.]DECIMALS$') }}
            then replace(GIVEN, ',', '')
    {%- endset -%}
    {%- set long = '([0-9]{1,2}|[0-9]{2}0{2,})' -%}
    {%- set number -%}
        regexp_extract(case
            {{ forms | replace('DECIMALS', long) }}
            when {{ regexp_matched('GIVEN', '^-?[0-9]+[.,][0-9]{2}0{2,}$') }} then replace(GIVEN, ',', '.')
            else {{ exponent_text('GIVEN') }}
        end, '^(-?[0-9]+([.][0-9]{1,2})?)0*$', 1)
    {%- endset -%}
    {#- Not nullif: Trino stops at one of a null that it knows while planning. #}
    {%- set body = bound(number, 'd', "case when d <> '' then d end") -%}
    {{ on_trimmed(x, forms | replace('GIVEN', x) | replace('DECIMALS', '[0-9]{1,2}'), '(^ | $|[^ -~]|[0-9][eE]|[.,][0-9]{2}00)', body) }}
{%- endmacro %}
