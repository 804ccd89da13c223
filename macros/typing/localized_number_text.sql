{#
    localized_number_text(x, language, decimals) -> text: digits with a decimal point and no groups, null
    where x is no number in its language
    x: text; language: column with `pt-br` (`1.234,5`) or `en-us` (`1,234.5`); decimals: how many the
    number may have at most. The language decides, never the digits: `2,710` is 2.71 in one and 2710 in
    the other. Groups have three digits or there are none; a sign or an exponent is no part of a number here.
#}
{% macro localized_number_text(x, language, decimals) -%}
    {%- set digits = '([0-9]+|[0-9]{1,3}(GROUP[0-9]{3})+)' ~ ('(MARK[0-9]{1,' ~ decimals ~ '})?' if decimals else '') -%}
    {%- set number -%}
        case
            when
                {{ language }} = 'pt-br'
                and {{ regexp_matched('GIVEN', '^' ~ digits.replace('GROUP', '[.]').replace('MARK', ',') ~ '$') }}
                then replace(replace(GIVEN, '.', ''), ',', '.')
            when
                {{ language }} = 'en-us'
                and {{ regexp_matched('GIVEN', '^' ~ digits.replace('GROUP', ',').replace('MARK', '[.]') ~ '$') }}
                then replace(GIVEN, ',', '')
        end
    {%- endset -%}
    {{ on_trimmed(x, '', none, number) }}
{%- endmacro %}
