{#
    check_lease()
    Before tables are written. *Raises* on engines that lock nothing, unless `lakehouse dbt` runs dbt, which holds
    the lease of the environment and names the run. DuckDB locks its file.
#}
{% macro check_lease() -%}
    {%- do adapter.dispatch('check_lease', 'lakehouse')() -%}
{%- endmacro %}

{% macro default__check_lease() -%}
    {{ unknown_engine('check_lease') }}
{%- endmacro %}

{% macro duckdb__check_lease() -%}
{%- endmacro %}

{% macro athena__check_lease() -%}
    {%- if not env_var('LAKEHOUSE_RUN_ID', '') -%}
        {{ exceptions.raise_compiler_error("On " ~ target.type ~ " tables have one writer at a time, and this run does not hold the lease. Nothing was changed. Run the same as `lakehouse dbt …`, such as: lakehouse dbt build --target " ~ target.name) }}
    {%- endif -%}
{%- endmacro %}

{% macro glue__check_lease() -%}
    {%- do athena__check_lease() -%}
{%- endmacro %}
