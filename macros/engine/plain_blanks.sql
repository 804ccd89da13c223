{#
    plain_blanks(x) -> text in which every blank is the plain one and nothing is invisible
    See `blank_characters`. Only DuckDB looks first whether there is something to do: its `translate` is
    slow, and nearly all texts are ASCII.
#}
{% macro plain_blanks(x) -%}
    {{ return(adapter.dispatch('plain_blanks', 'lakehouse')(x)) }}
{%- endmacro %}

{% macro default__plain_blanks(x) -%}
    {{ unknown_engine('plain_blanks') }}
{%- endmacro %}

{% macro duckdb__plain_blanks(x) -%}
    case when {{ regexp_matched(x, '^[ -~]*$') }} then {{ x }} else {{ athena__plain_blanks(x) }} end
{%- endmacro %}

{% macro athena__plain_blanks(x) -%}
    {%- set known = blank_characters() -%}
    translate({{ x }}, {{ characters(known.blanks + known.invisible) }}, '{{ ' ' * known.blanks | length }}')
{%- endmacro %}

{% macro glue__plain_blanks(x) -%}
    {{ athena__plain_blanks(x) }}
{%- endmacro %}
