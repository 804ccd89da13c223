{#
    rejected_rows(domain, entities) -> select of the received rows that were rejected, as the domain's
    `int_<domain>__row_status` gives them to quality; entities: list of names
#}
{% macro rejected_rows(domain, entities) -%}
    {%- for entity in entities %}
    select
        '{{ entity }}' as entity,
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        'rejected' as row_status,
        reason_code,
        rejected_row,
        cast(null as {{ dbt.type_string() }}) as flags
    from {{ ref('int_' ~ domain ~ '__' ~ entity ~ '_received') }}
    where reason_code is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
