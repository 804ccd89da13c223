{#
    rejection_reason(conditions, of_deletions) -> case expression: text, null where the row is accepted
    conditions: dict of reason code -> list of SQL conditions. The first reason that holds is named, in
    the order of the reference list (seed dim_quality__reason), whatever order the dict has.
    of_deletions: the same for the rows that end a record, of which less is asked; none where the feed does not
    say what was done to a row (column `row_operation`), and else no row may leave it unsaid.
    *Raises* on a code that the list does not hold.
#}
{% macro rejection_reason(conditions, of_deletions=none) -%}
    {%- set ladder = [
        'unknown_operation', 'missing_key', 'unparsable_key', 'unparsable_timestamp', 'unparsable_date',
        'missing_value', 'unparsable_number', 'number_out_of_range', 'unparsable_amount',
        'amount_out_of_range'
    ] -%}
    {%- for code in conditions if code not in ladder -%}
        {{ exceptions.raise_compiler_error("Unknown reason code '" ~ code ~ "'. Known: " ~ ladder | join(', ') ~ ". Add it to macros/typing/rejection_reason.sql and seeds/quality/dim_quality__reason.csv.") }}
    {%- endfor -%}
    case
    {%- if of_deletions is not none %}
        when row_operation is null
            then 'unknown_operation'
        when row_operation = 'delete'
            then {{ rejection_reason(of_deletions) }}
    {%- endif %}
    {%- for code in ladder if code in conditions %}
        when {{ conditions[code] | join('\n            or ') }}
            then '{{ code }}'
    {%- endfor %}
    end
{%- endmacro %}
