{#
    duckdb__reset_csv_table(model, full_refresh, old_relation, agate_table) -> what makes a seed's table anew
    dbt empties a table that is there and fills it by position: a column more, or another order or type, and a
    lake that a version before built fails or holds values under another name. So the table is dropped, in the
    transaction that fills it; readers see the old one until then.
#}
{% macro duckdb__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {{ return(default__reset_csv_table(model, true, old_relation, agate_table)) }}
{%- endmacro %}
