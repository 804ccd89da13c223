{#
    glue__reset_csv_table(model, full_refresh, old_relation, agate_table) -> what makes a seed's table anew
    dbt-glue writes the columns of the CSV into those of the table in order, whatever their names, and keeps
    the table in a full refresh. So one with other columns, or in another order, is dropped first.
#}
{% macro glue__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- if old_relation is not none -%}
        {%- set stored = adapter.get_columns_in_relation(old_relation) | map(attribute='name') | map('lower') | list -%}
        {%- if should_full_refresh() or stored != agate_table.column_names | map('lower') | list -%}
            {%- do adapter.drop_relation(old_relation) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(create_csv_table(model, agate_table)) }}
{%- endmacro %}
