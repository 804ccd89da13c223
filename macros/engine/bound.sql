{#
    bound(x, name, body) -> the value of `body`, in which `name` stands for x
    name: a name, body: SQL that uses it. For an x that is long and needed several times: it is written
    once, and worked out once. A function over a list of one value is all that engines share for it.
#}
{% macro bound(x, name, body) -%}
    {{ return(adapter.dispatch('bound', 'lakehouse')(x, name, body)) }}
{%- endmacro %}

{% macro default__bound(x, name, body) -%}
    {{ unknown_engine('bound') }}
{%- endmacro %}

{% macro duckdb__bound(x, name, body) -%}
    list_transform([{{ x }}], lambda {{ name }}: {{ body }})[1]
{%- endmacro %}

{% macro athena__bound(x, name, body) -%}
    element_at(transform(array[{{ x }}], {{ name }} -> {{ body }}), 1)
{%- endmacro %}

{% macro glue__bound(x, name, body) -%}
    transform(array({{ x }}), {{ name }} -> {{ body }})[0]
{%- endmacro %}
