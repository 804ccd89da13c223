{#
    worked_out(relation, name, columns, body) -> select: all of the relation, and a column more for each of some
    relation: name of a CTE; name: of a column that the relation has not; columns: list of [given, made];
    body: SQL of the value `made`, in which GIVEN stands for the column `given`, and other columns for themselves.
    For a long body: on Athena and Glue, where statements may not be longer than they take, it is written once, over a list
    of the columns, which is the column `name`. DuckDB is faster with each by itself.
#}
{% macro worked_out(relation, name, columns, body) -%}
    {{ return(adapter.dispatch('worked_out', 'lakehouse')(relation, name, columns, body)) }}
{%- endmacro %}

{% macro default__worked_out(relation, name, columns, body) -%}
    {{ unknown_engine('worked_out') }}
{%- endmacro %}

{% macro duckdb__worked_out(relation, name, columns, body) -%}
    select
        *,
        {%- for given, made in columns %}
        {{ body | replace('GIVEN', given) }} as {{ made }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
{%- endmacro %}

{% macro athena__worked_out(relation, name, columns, body) -%}
    select
        *,
        {%- for _, made in columns %}
        element_at({{ name }}, {{ loop.index }}) as {{ made }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            *,
            transform(array[{{ columns | map(attribute=0) | join(', ') }}], g -> {{ body | replace('GIVEN', 'g') }}) as {{ name }}
        from {{ relation }}
    ) as listed
{%- endmacro %}

{% macro glue__worked_out(relation, name, columns, body) -%}
    select
        *,
        {%- for _, made in columns %}
        {{ name }}[{{ loop.index0 }}] as {{ made }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            *,
            transform(array({{ columns | map(attribute=0) | join(', ') }}), g -> {{ body | replace('GIVEN', 'g') }}) as {{ name }}
        from {{ relation }}
    ) as listed
{%- endmacro %}
