{#
    row_status_columns(flags, row_status) -> columns of a select from `record`, a record table, joined with
    `load`, its load table: what became of a received row, as a domain gives it to quality
    flags: dict of flag code -> SQL condition, what a list or another entity says of an accepted row,
    besides the flags of the record; row_status: SQL of the status, where another entity has a say in it.
#}
{% macro row_status_columns(flags={}, row_status='record.row_status') -%}
    load.entity,
    load.load_id,
    load.ingest_date,
    load.source_file,
    record.source_row,
    record.recorded_at,
    {{ row_status }} as row_status,
    record.reason_code,
    record.rejected_row,
    case
        when record.reason_code is null
            then nullif(substr(
                coalesce(',' || record.flags, '')
                || case when record.is_conflict then ',conflict' else '' end
                {%- for code, condition in flags.items() %}
                || case when {{ condition }} then ',{{ code }}' else '' end
                {%- endfor %},
                2
            ), '')
    end as flags
{%- endmacro %}
