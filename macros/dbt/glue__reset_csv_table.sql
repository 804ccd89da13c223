{#
    glue__reset_csv_table(model, full_refresh, old_relation, agate_table) -> what makes a seed's table anew
    dbt-glue writes the columns of the CSV into those of the table in order, whatever their names, and keeps
    the table in a full refresh. So one with other columns or types, or in another order, is dropped first.
#}
{% macro glue__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- if old_relation is not none -%}
        {%- set stored, wanted, types = [], [], model.config.column_types or {} -%}
        {%- for column in adapter.get_columns_in_relation(old_relation) -%}
            {%- do stored.append((column.name | lower, column.dtype | lower)) -%}
        {%- endfor -%}
        {%- for name in agate_table.column_names -%}
            {%- set type = types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
            {%- do wanted.append((name | lower, type | lower)) -%}
        {%- endfor -%}
        {%- if should_full_refresh() or stored != wanted -%}
            {%- do adapter.drop_relation(old_relation) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(create_csv_table(model, agate_table)) }}
{%- endmacro %}
