{#
    event_time(event_text, recorded_text) -> timestamp, null where the text is no instant
    A delivery without the column takes the time of receipt (recorded_text: UTC). Null means "no such
    column"; a column that is there and empty is landed as empty text, which is no instant.
#}
{% macro event_time(event_text, recorded_text) -%}
    case
        when {{ event_text }} is null then {{ as_timestamp(recorded_text) }}
        else {{ try_timestamp(event_text) }}
    end
{%- endmacro %}
