{#
    get_partition_batches(sql, as_subquery) -> list of conditions, each for at most 100 partitions of an Athena table
    sql: relation or select of the rows to write; as_subquery: whether it is put in parentheses.
    The adapter's own list, which is empty where there are no rows; then it makes no table to merge from
    and the run fails, as does the first build of an empty table. One condition that holds for no row makes
    an empty one. Only models with `partition_by_values` come here.
#}
{% macro get_partition_batches(sql, as_subquery=true) -%}
    {%- set batches = dbt.get_partition_batches(sql, as_subquery) -%}
    {{ return(batches if batches else ['1 = 0']) }}
{%- endmacro %}
