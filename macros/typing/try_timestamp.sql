{#
    try_timestamp(x) -> timestamp with microseconds in UTC, null where the text is no instant
    `YYYY-MM-DD HH:MM:SS`, blank or `T` between, up to nine digits of fraction (zeros beyond the sixth),
    then nothing, which is UTC, or `Z`, or an offset (`-03`, `-0300`, `-03:00`, at most 14 hours); years
    1900 to 2100 as written. The offset is taken apart here: engines drop one silently.
    Nearly all texts have no offset, and are read without looking for one.
#}
{% macro try_timestamp(x) -%}
    {%- set first -%}
        when
            {{ regexp_matched(x, '^(19[0-9][0-9]|20[0-9][0-9]|2100)-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?$') }}
            then {{ timestamp_or_null("replace(" ~ x ~ ", 'T', ' ')") }}
    {%- endset -%}
    {{ on_trimmed(x, first, none, utc_timestamp('GIVEN')) }}
{%- endmacro %}
