{#
    expected_rhythm() -> select with the columns domain, entity (text), rhythm_days (bigint)
    One row per raw table, from `config.freshness.warn_after` in the sources YAML, in days: the number after
    which a new delivery is late.
#}
{% macro expected_rhythm() -%}
    {%- if not execute -%}
        {{ return("select 'none' as domain, 'none' as entity, cast(0 as bigint) as rhythm_days") }}
    {%- endif -%}
    select listed.*
    from (
        values
        {%- for node in graph.sources.values() | sort(attribute='unique_id') %}
        (
            '{{ node.source_name }}',
            '{{ node.name }}',
            cast({{ node.config.freshness.warn_after.count }} as bigint)
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as listed (domain, entity, rhythm_days)
{%- endmacro %}
