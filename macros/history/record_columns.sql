{#
    record_columns(content, further) -> list of the columns of a record table that a row brings with it
    content: [name, kind] of the business columns, as in `row_content`; further: names of others to keep.
    `record_history` and `extract_history` add what becomes of the row.
#}
{% macro record_columns(content, further=[]) -%}
    {{ return(['load_key', 'source_row', 'ingest_date', 'recorded_at', 'record_key', 'reason_code', 'rejected_row', 'flags'] + further + content | map('first') | list) }}
{%- endmacro %}
