{#
    raw_rows(source_name, table_name, has_operations) -> subquery to select from
    The raw table: provenance under its own names, every delivered column as `<column>_text`, so that a
    typed column can take the plain name beside it. Columns come from the sources YAML, and so does what
    says nothing in a column where that differs from `null_markers`; a column that a file lacks is null
    (`raw_table`). has_operations: the model asks what was done to a row; then it has the column `row_operation`
    (`row_operation`) where the feed declares one. While the raw zone has no file of the entity: a typed empty select and a warning, so that
    a project with one silent feed still builds.
    *Raises* if the feed declares an operation that the model would not read.
#}
{% macro raw_rows(source_name, table_name, has_operations=false) -%}
    {%- set raw = raw_table(source_name, table_name) -%}
    {%- if not execute -%}
        {{ return('(select * from ' ~ raw ~ ')') }}
    {%- endif -%}
    {%- set node = source_node(source_name, table_name) -%}
    {%- set operation = declared_operation(source_name, table_name) -%}
    {%- if operation is not none and not has_operations -%}
        {{ exceptions.raise_compiler_error("The feed " ~ source_name ~ "." ~ table_name ~ " declares an operation, and '" ~ model.name ~ "' does not read it: a deletion would be a state. Take it out of the sources YAML.") }}
    {%- endif -%}
    {%- if raw_relation(source_name, table_name) is none -%}
        {%- do exceptions.warn("No raw file of " ~ source_name ~ "." ~ table_name ~ " yet: its models are empty. Land one with 'lakehouse land " ~ source_name ~ " " ~ table_name ~ "=<file>'.") -%}
    {%- endif -%}
    (
        select
            {%- for column in node.columns.values() %}
            {%- set kept = column.config.meta.get('provenance') and column.name != 'recorded_at' %}
            {%- set markers = column.config.meta.get('null_markers') %}
            {%- set nothing = "''" if column.name in node.config.meta.landing.null_as_empty else 'null' %}
            {{ column.name if markers is none else own_markers(column.name, markers, nothing) }} as {{ column.name if kept else column.name ~ '_text' }}
            {{- ',' if not loop.last }}
            {%- endfor %}
            {%- if operation is not none %},
            {{ row_operation(operation) }} as row_operation
            {%- endif %}
        from {{ raw }}
    )
{%- endmacro %}
