{#
    localized_date(x, language) -> date, null where the text is no real day in its language
    x: text; language: column with `pt-br` (dd/mm/yy) or `en-us` (mm/dd/yy). Both have two digits each;
    the year is of this century.
#}
{% macro localized_date(x, language) -%}
    {%- set iso -%}
        case
            when {{ regexp_matched('GIVEN', '^[0-9]{2}/[0-9]{2}/[0-9]{2}$') }}
                then '20' || substr(GIVEN, 7, 2) || '-' || case {{ language }}
                    when 'pt-br' then substr(GIVEN, 4, 2) || '-' || substr(GIVEN, 1, 2)
                    when 'en-us' then substr(GIVEN, 1, 2) || '-' || substr(GIVEN, 4, 2)
                end
        end
    {%- endset -%}
    try_cast({{ on_trimmed(x, '', none, iso) }} as date)
{%- endmacro %}
