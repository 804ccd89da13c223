{#
    duckdb__get_incremental_merge_sql(arg_dict) -> two statements
    dbt's merge on DuckDB costs in proportion to the table, so changes are applied by deleting their keys
    and inserting what is not `is_removed`, in the transaction of the model: a reader sees all or nothing.
    dbt finds it by its name. Athena and Glue merge (`delete_condition` of dbt_project.yml, get_merge_sql).
#}
{% macro duckdb__get_incremental_merge_sql(arg_dict) -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set key = [arg_dict['unique_key']] if arg_dict['unique_key'] is string else arg_dict['unique_key'] -%}
    delete from {{ arg_dict['target_relation'] }} as held
    using {{ arg_dict['temp_relation'] }} as change
    where
        {%- for column in key %}
        {{ 'and ' if not loop.first }}held.{{ column }} = change.{{ column }}
        {%- endfor %};

    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
    where not is_removed
{%- endmacro %}
