{#
    state_holds(state, known_on) -> condition: the row of `state` is in force
    state: relation with known_from and known_to; known_on: SQL of a date (as known at the end of that
    day), or none for the state in force now. Intervals are half-open, null known_to = open.
#}
{% macro state_holds(state, known_on) -%}
    {%- if known_on is none -%}
        {{ state }}.known_to is null
    {%- else -%}
        {{ state }}.known_from <= {{ known_on }}
            and ({{ state }}.known_to is null or {{ state }}.known_to > {{ known_on }})
    {%- endif -%}
{%- endmacro %}
