{#
    is_incremental() -> boolean, true while an incremental model is rendered that has a table to add to
    As dbt's own, but for the look-up: `is_stored` cannot take a refused answer for a missing table.
#}
{% macro is_incremental() -%}
    {%- if not execute or model.config.materialized != 'incremental' or should_full_refresh() -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(is_stored(this)) }}
{%- endmacro %}
