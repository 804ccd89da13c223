{#
    expected_rhythm() -> select with the columns domain, entity (text), rhythm_days (bigint)
    One row per raw table, from `config.freshness.warn_after` in the sources YAML, in days: the number after
    which a new delivery is late.
#}
{% macro expected_rhythm() -%}
    {%- if not execute -%}
        {{ return("select 'none' as domain, 'none' as entity, cast(0 as bigint) as rhythm_days") }}
    {%- endif -%}
    {%- for node in graph.sources.values() | sort(attribute='unique_id') %}
    select
        '{{ node.source_name }}' as domain,
        '{{ node.name }}' as entity,
        cast({{ node.config.freshness.warn_after.count }} as bigint) as rhythm_days
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
