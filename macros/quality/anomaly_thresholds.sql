{#
    anomaly_thresholds() -> select with the columns domain, entity (text), min_rows (bigint),
    volume_ratio, null_rate_rise (decimal(18,6))
    One row per raw table, from `config.meta.watch` in the sources YAML: a day with fewer rows than
    volume_ratio times the usual number, or more than the usual number over volume_ratio, is an anomaly;
    so is a share of nulls that rises by more than null_rate_rise against the delivery before. Days and
    deliveries below min_rows are not judged by either.
#}
{% macro anomaly_thresholds() -%}
    {%- if not execute -%}
        {{ return("select 'none' as domain, 'none' as entity, cast(0 as bigint) as min_rows, cast(0 as decimal(18, 6)) as volume_ratio, cast(0 as decimal(18, 6)) as null_rate_rise") }}
    {%- endif -%}
    select listed.*
    from (
        values
        {%- for node in graph.sources.values() | sort(attribute='unique_id') %}
        (
            '{{ node.source_name }}',
            '{{ node.name }}',
            cast({{ node.config.meta.watch.min_rows }} as bigint),
            cast({{ node.config.meta.watch.volume_ratio }} as decimal(18, 6)),
            cast({{ node.config.meta.watch.null_rate_rise }} as decimal(18, 6))
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as listed (domain, entity, min_rows, volume_ratio, null_rate_rise)
{%- endmacro %}
