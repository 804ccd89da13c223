{#
    regexp_matched(x, pattern) -> boolean, true where the pattern is found in x
    pattern: the expression itself, not SQL. Write classes as `[0-9]`: Glue eats one level of backslashes. A `$` at the end of the pattern means the
    very end of the text on every engine; Java's also matches before a last line break, so there a mark
    is appended to the text and to the pattern. No top-level `|` beside such a `$`.
#}
{% macro regexp_matched(x, pattern) -%}
    {{ return(adapter.dispatch('regexp_matched', 'lakehouse')(x, pattern)) }}
{%- endmacro %}

{% macro default__regexp_matched(x, pattern) -%}
    {{ unknown_engine('regexp_matched') }}
{%- endmacro %}

{% macro duckdb__regexp_matched(x, pattern) -%}
    regexp_matches({{ x }}, '{{ pattern }}')
{%- endmacro %}

{% macro athena__regexp_matched(x, pattern) -%}
    {%- if pattern.endswith('$') -%}
    regexp_like({{ x }} || '.', '{{ pattern[:-1] }}[.]$')
    {%- else -%}
    regexp_like({{ x }}, '{{ pattern }}')
    {%- endif -%}
{%- endmacro %}

{% macro glue__regexp_matched(x, pattern) -%}
    {{ athena__regexp_matched(x, pattern) }}
{%- endmacro %}
