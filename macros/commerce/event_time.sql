{#
    event_time(event_text, recorded_text, operation) -> timestamp, null where the text is no instant
    A delivery without the column takes the time of receipt (recorded_text: UTC). Null means "no such
    column"; a column that is there and empty is landed as empty text, which is no instant.
    operation: as declared, or none. A deletion, told by the column `row_operation`, has the time that the
    declaration names, else that of its event, else the last instant of the day of its receipt: never null.
#}
{% macro event_time(event_text, recorded_text, operation=none) -%}
    {%- set stated -%}
    case
        when {{ event_text }} is null then {{ as_timestamp(recorded_text) }}
        else {{ try_timestamp(event_text) }}
    end
    {%- endset -%}
    {%- if operation is none -%}
    {{ stated }}
    {%- else -%}
    coalesce(
        {%- if operation.time %}
        case when row_operation = 'delete' then {{ try_timestamp(operation.time ~ '_text') }} end,
        {%- endif %}
        {{ stated }},
        case when row_operation = 'delete' then {{ as_timestamp("ingest_date || ' 23:59:59.999999'") }} end
    )
    {%- endif -%}
{%- endmacro %}
