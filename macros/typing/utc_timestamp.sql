{#
    utc_timestamp(x) -> timestamp with microseconds in UTC, null where the text is no instant
    x: SQL of a trimmed text, best a name (see `bound`). The form with all that ISO 8601 allows, which few
    texts need: see `try_timestamp`.
#}
{% macro utc_timestamp(x) -%}
    {%- set offset = "rpad(replace(regexp_extract(" ~ x ~ ", '[0-9]([+-][0-9:]+)$', 1), ':', ''), 5, '0')" -%}
    case
        when {{ regexp_matched(x, '^(19[0-9]{2}|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]{1,6}0{0,3})?(Z|[+-](0[0-9]|1[0-3])(:?[0-5][0-9])?|[+-]14(:?00)?)?$') }}
            then {{ minutes_before(
                timestamp_or_null("substr(" ~ x ~ ", 1, 10) || ' ' || regexp_extract(" ~ x ~ ", '[0-9:]{8}([.][0-9]{1,6})?', 0)"),
                "coalesce(cast(" ~ offset ~ " as integer) - 40 * cast(substr(" ~ offset ~ ", 1, 3) as integer), 0)"
            ) }}
    end
{%- endmacro %}
