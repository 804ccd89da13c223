{#
    get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -> one merge statement
    Glue only: dbt-glue has no condition for deletes, so its merge is replaced by the project's merge with
    removal (Athena takes it as `delete_condition` of dbt_project.yml, DuckDB has a macro of its own).
    A row with `is_removed` deletes its key and is never inserted; one statement, so a reader sees all or
    nothing. *Raises* on other adapters, which build their own merge.
#}
{% macro get_merge_sql(target, source, unique_key, dest_columns=none, incremental_predicates=none) -%}
    {%- if adapter.type() != 'glue' -%}
        {{ unknown_engine('get_merge_sql') }}
    {%- endif -%}
    {%- set columns = dest_columns if dest_columns is not none else adapter.get_columns_in_relation(target) -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    merge into {{ glue__make_target_relation(target, 'iceberg') }} as DBT_INTERNAL_DEST
    using {{ glue__make_target_relation(source, 'iceberg') }} as DBT_INTERNAL_SOURCE
    on {% for key in keys %}DBT_INTERNAL_SOURCE.{{ key }} = DBT_INTERNAL_DEST.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    when matched and DBT_INTERNAL_SOURCE.is_removed then delete
    when matched then update set
        {%- for column in columns %}
        {{ column.name }} = DBT_INTERNAL_SOURCE.{{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    when not matched and not DBT_INTERNAL_SOURCE.is_removed then
        insert ({{ columns | map(attribute='name') | join(', ') }})
        values ({% for column in columns %}DBT_INTERNAL_SOURCE.{{ column.name }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
