{#
    row_operation(operation) -> text: what a raw row does to its record
    operation: as declared (`declared_operation`), read from the raw column it names. `state`: the record's full
    new state, also where the file has no such column; `delete`: its end; `before`: what it was before a change;
    null where the code is empty or was not declared.
#}
{% macro row_operation(operation) -%}
    case
        when {{ operation.column }} is null then 'state'
        {%- for said, codes in {
            'state': operation.get('insert', []) + operation.get('update', []),
            'delete': operation['delete'],
            'before': operation.get('before', []),
        }.items() if codes %}
        when {{ trimmed(operation.column) }} in ('{{ codes | join("', '") }}') then '{{ said }}'
        {%- endfor %}
    end
{%- endmacro %}
