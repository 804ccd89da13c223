{#
    try_timestamp(x) -> timestamp with microseconds, null where the text is no instant without offset
    `YYYY-MM-DD HH:MM:SS`, up to six digits of fraction, blank or `T` between; years 1900 to 2100.
    An offset or `Z` is refused: engines drop it silently, which would shift the instant.
#}
{% macro try_timestamp(x) -%}
    case
        when
            {{ regexp_matched(x, '^(19[0-9][0-9]|20[0-9][0-9]|2100)-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?$') }}
            then {{ timestamp_or_null("replace(" ~ x ~ ", 'T', ' ')") }}
    end
{%- endmacro %}
