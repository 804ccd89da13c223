{#
    localized_date(x, language) -> date, null where the text is no real day in its language
    x: text; language: column with `pt-br` (dd/mm/yy) or `en-us` (mm/dd/yy). Both have two digits each;
    the year is of this century.
#}
{% macro localized_date(x, language) -%}
    {%- set month_and_day -%}
        case {{ language }}
            when 'pt-br' then substr({{ x }}, 4, 2) || '-' || substr({{ x }}, 1, 2)
            when 'en-us' then substr({{ x }}, 1, 2) || '-' || substr({{ x }}, 4, 2)
        end
    {%- endset -%}
    case
        when {{ regexp_matched(x, '^[0-9]{2}/[0-9]{2}/[0-9]{2}$') }}
            then {{ try_date("('20' || substr(" ~ x ~ ", 7, 2) || '-' || " ~ month_and_day ~ ")") }}
    end
{%- endmacro %}
