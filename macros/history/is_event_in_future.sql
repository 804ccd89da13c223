{#
    is_event_in_future(event_time, ingest_date) -> condition: the event lies further after the day of its
    receipt than clocks may differ (variable `clock_skew_hours`)
    event_time: SQL of a timestamp; ingest_date: SQL of a date, or of its text.
    *Raises* if the variable is no whole number of hours from 0 on.
#}
{% macro is_event_in_future(event_time, ingest_date) -%}
    {%- set hours = var('clock_skew_hours') -%}
    {%- if not modules.re.fullmatch('[0-9]{1,4}', hours | string) -%}
        {{ exceptions.raise_compiler_error("The variable 'clock_skew_hours' must be a whole number of hours, got '" ~ hours ~ "'.") }}
    {%- endif -%}
    {#- The first half is cheap, and true for few rows. -#}
    (
        cast({{ event_time }} as date) > cast({{ ingest_date }} as date)
        and {{ event_time }} >= {{ as_timestamp("cast(" ~ ingest_date ~ " as " ~ dbt.type_string() ~ ") || ' 00:00:00'") }}
        + interval '{{ 24 + hours | int }}' hour
    )
{%- endmacro %}
