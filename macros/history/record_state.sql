{#
    record_state(is_ranked) -> list of the columns of a record table that say what became of a row
    Those that `record_history` and `extract_history` add to `record_columns`: all that can change of a row
    once it is stored. is_ranked: of events, which have a time to rank by.
#}
{% macro record_state(is_ranked=false) -%}
    {{ return(['row_status', 'known_from', 'known_to', 'is_conflict'] + (['ranked_at'] if is_ranked else [])) }}
{%- endmacro %}
