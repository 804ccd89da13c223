{#
    partition_by_values(columns) -> dict of config entries that partition an Iceberg table by values
    columns: list; one partition per combination of their values. Use only where the layout is mandated:
    it may make partitions of one row. Athena opens at most 100 partitions per statement, so dbt is told
    to batch from the start (`force_batch`: one statement per 100 partitions, each atomic by itself; a run
    that breaks between two is repaired by the next, which recomputes and compares). No default, as in
    `partition_by_month`.
#}
{% macro partition_by_values(columns) -%}
    {%- if target.type == 'athena' -%}
        {{ return({'partitioned_by': columns, 'force_batch': true}) }}
    {%- elif target.type == 'glue' -%}
        {{ return({'partition_by': columns}) }}
    {%- endif -%}
    {{ return({}) }}
{%- endmacro %}
