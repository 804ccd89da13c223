{#
    next_value_known(x) -> window function: the first x of the frame that is not null
    Write `over (…)` after it, with a frame of following rows.
#}
{% macro next_value_known(x) -%}
    {{ return(adapter.dispatch('next_value_known', 'lakehouse')(x)) }}
{%- endmacro %}

{% macro default__next_value_known(x) -%}
    {{ unknown_engine('next_value_known') }}
{%- endmacro %}

{% macro duckdb__next_value_known(x) -%}
    first_value({{ x }} ignore nulls)
{%- endmacro %}

{% macro athena__next_value_known(x) -%}
    first_value({{ x }}) ignore nulls
{%- endmacro %}

{% macro glue__next_value_known(x) -%}
    first_value({{ x }}) ignore nulls
{%- endmacro %}
