{#
    rejection_reason(conditions) -> case expression: text, null where the row is accepted
    conditions: dict of reason code -> list of SQL conditions. The first reason that holds is named, in
    the order of the reference list (seed dim_quality__reason), whatever order the dict has.
    *Raises* on a code that the list does not hold.
#}
{% macro rejection_reason(conditions) -%}
    {%- set ladder = [
        'missing_key', 'unparsable_key', 'unparsable_timestamp', 'unparsable_date',
        'missing_value', 'unparsable_number', 'number_out_of_range', 'unparsable_amount',
        'amount_out_of_range'
    ] -%}
    {%- for code in conditions if code not in ladder -%}
        {{ exceptions.raise_compiler_error("Unknown reason code '" ~ code ~ "'. Known: " ~ ladder | join(', ') ~ ". Add it to macros/typing/rejection_reason.sql and seeds/quality/dim_quality__reason.csv.") }}
    {%- endfor -%}
    case
    {%- for code in ladder if code in conditions %}
        when {{ conditions[code] | join('\n            or ') }}
            then '{{ code }}'
    {%- endfor %}
    end
{%- endmacro %}
