{#
    operation_columns(operation) -> list of the raw columns that a declared operation names, empty for none
#}
{% macro operation_columns(operation) -%}
    {{ return([] if operation is none else [operation.column] + ([operation.time] if operation.time else [])) }}
{%- endmacro %}
