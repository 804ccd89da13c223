{#
    row_content(columns) -> text: the typed values of a row as one text, equal if and only if all are equal
    columns: list of [name, kind], kind one of text, integer, date, decimal, timestamp. Decimals have
    their column's scale, timestamps six digits; chr(1) stands for null and chr(31) separates, which no value holds.
    Bytewise order of this text is the last tie-break between events of one record.
    *Raises* on another kind.
#}
{% macro row_content(columns) -%}
    {%- set parts = [] -%}
    {%- for name, kind in columns -%}
        {%- if kind == 'timestamp' -%}
            {%- do parts.append("coalesce(" ~ timestamp_text(name) ~ ", chr(1))") -%}
        {%- elif kind == 'text' -%}
            {%- do parts.append("coalesce(" ~ name ~ ", chr(1))") -%}
        {%- elif kind in ('integer', 'date', 'decimal') -%}
            {%- do parts.append("coalesce(cast(" ~ name ~ " as " ~ dbt.type_string() ~ "), chr(1))") -%}
        {%- else -%}
            {{ exceptions.raise_compiler_error("Unknown kind '" ~ kind ~ "' of column '" ~ name ~ "' in row_content: text, integer, date, decimal or timestamp.") }}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join(' || chr(31) || ') }}
{%- endmacro %}
