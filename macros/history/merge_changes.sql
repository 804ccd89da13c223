{#
    merge_changes(recomputed, stored, key, columns, compared) -> select of the rows to merge, with `is_removed`
    recomputed: CTE of the touched groups as they are now; stored: CTE of the same groups as the table
    holds them (only read in an incremental run); key: list of non-null columns; columns: every stored
    column but `is_removed`; compared: those that can change under a key, or none for all.

    Rows that are already stored as they should be are left out, so that bytes written follow what
    changed; keys that are gone come with `is_removed` = true and the project's merge deletes them. In a
    rebuild: all recomputed rows.

    Each side is read once: Athena works a CTE out again at every place that names it.
#}
{% macro merge_changes(recomputed, stored, key, columns, compared=none) -%}
    {%- if is_incremental() %}
    select
        {%- for column in columns %}
        {%- if column in key %}
        coalesce({{ recomputed }}.{{ column }}, {{ stored }}.{{ column }}) as {{ column }},
        {%- else %}
        case
            when {{ recomputed }}.{{ key[0] }} is null then {{ stored }}.{{ column }}
            else {{ recomputed }}.{{ column }}
        end as {{ column }},
        {%- endif %}
        {%- endfor %}
        {{ recomputed }}.{{ key[0] }} is null as is_removed
    from {{ recomputed }}
    full outer join {{ stored }}
        on
            {%- for column in key %}
            {{ 'and ' if not loop.first }}{{ recomputed }}.{{ column }} = {{ stored }}.{{ column }}
            {%- endfor %}
    where
        {{ recomputed }}.{{ key[0] }} is null
        or {{ stored }}.{{ key[0] }} is null
        {%- for column in (columns if compared is none else compared) if column not in key %}
        or {{ recomputed }}.{{ column }} is distinct from {{ stored }}.{{ column }}
        {%- endfor %}
    {%- else %}
    select
        {{ columns | join(',\n        ') }},
        cast(false as boolean) as is_removed
    from {{ recomputed }}
    {%- endif %}
{%- endmacro %}
