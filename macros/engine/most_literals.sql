{#
    most_literals() -> integer: how many loads, or values, a statement writes down as literals
    A statement has a greatest length: 262,144 bytes on Athena, 68,000 characters in a Glue session with all that
    dbt-glue wraps around. A load is up to 80 characters in a record table, and models are up to 49,000 long on Glue,
    where staging is written out in them. tests/manifest/test_compiled_sql.py holds every statement against both at
    this number.
#}
{% macro most_literals() -%}
    {{ return(adapter.dispatch('most_literals', 'lakehouse')()) }}
{%- endmacro %}

{% macro default__most_literals() -%}
    {{ unknown_engine('most_literals') }}
{%- endmacro %}

{% macro duckdb__most_literals() -%}
    {{ return(2000) }}
{%- endmacro %}

{% macro athena__most_literals() -%}
    {{ return(2000) }}
{%- endmacro %}

{% macro glue__most_literals() -%}
    {{ return(50) }}
{%- endmacro %}
