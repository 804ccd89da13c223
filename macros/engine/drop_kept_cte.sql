{#
    drop_kept_cte(name)
    Lets go of what `keep_cte` kept, if it is there.
#}
{% macro drop_kept_cte(name) -%}
    {{ return(adapter.dispatch('drop_kept_cte', 'lakehouse')(name)) }}
{%- endmacro %}

{% macro default__drop_kept_cte(name) -%}
    {{ unknown_engine('drop_kept_cte') }}
{%- endmacro %}

{% macro duckdb__drop_kept_cte(name) -%}
{%- endmacro %}

{% macro athena__drop_kept_cte(name) -%}
    {%- do drop_relation(kept_relation(name)) -%}
{%- endmacro %}

{% macro glue__drop_kept_cte(name) -%}
    {%- do run_statement('drop table if exists ' ~ kept_relation(name) ~ ' purge') -%}
{%- endmacro %}
