{#
    try_date(x) -> date, null where the text is no real day as YYYY-MM-DD of the years 1900 to 2100
    An instant (see `try_timestamp`) is a date if it is midnight in UTC: `2024-01-02T00:00:00-03:00` is
    none, since either of two days may be meant. Looked for only where the text has a
    blank or a `T`.
#}
{% macro try_date(x) -%}
    {%- set first = "when " ~ is_iso_date(x) ~ " then try_cast(" ~ x ~ " as date)" -%}
    {%- set of_instant = bound(utc_timestamp('GIVEN'), 'm', "case when m = " ~ as_timestamp("cast(m as date)") ~ " then cast(m as date) end") -%}
    {%- set body = "case when " ~ is_iso_date('GIVEN') ~ " then try_cast(GIVEN as date) else " ~ of_instant ~ " end" -%}
    {{ on_trimmed(x, first, '(^ | $|[^ -~]|[0-9][ T][0-9])', body) }}
{%- endmacro %}
