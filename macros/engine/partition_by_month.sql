{#
    partition_by_month(column) -> dict of config entries that partition an Iceberg table by month
    Athena and Glue spell the same Iceberg transform differently; DuckDB has no partitions.
    Use: config(..., **partition_by_month('posted_on')). No default: an unknown engine gets none, which
    changes speed and never rows.
#}
{% macro partition_by_month(column) -%}
    {%- if target.type == 'athena' -%}
        {{ return({'partitioned_by': ['month(' ~ column ~ ')']}) }}
    {%- elif target.type == 'glue' -%}
        {{ return({'partition_by': ['months(' ~ column ~ ')']}) }}
    {%- endif -%}
    {{ return({}) }}
{%- endmacro %}
