{#
    merge_changes(recomputed, stored, key, columns) -> select of the rows to merge, with `is_removed`
    recomputed: CTE of the touched groups as they are now; stored: CTE of the same groups as the table
    holds them (only read in an incremental run); key: list of non-null columns; columns: every stored
    column but `is_removed`. Rows that are already stored as they should be are left out, so that bytes
    written follow what changed; keys that are gone come with `is_removed` = true and the project's merge
    deletes them. In a rebuild: all recomputed rows.
#}
{% macro merge_changes(recomputed, stored, key, columns) -%}
    {%- if is_incremental() %}
    select
        {{ columns | join(',\n        ') }},
        cast(false as boolean) as is_removed
    from (
        select {{ columns | join(', ') }} from {{ recomputed }}
        except
        select {{ columns | join(', ') }} from {{ stored }}
    ) as changed
    union all
    select
        {%- for column in columns %}
        {{ stored }}.{{ column }},
        {%- endfor %}
        cast(true as boolean) as is_removed
    from {{ stored }}
    where not exists (
        select 1
        from {{ recomputed }}
        where
            {%- for column in key %}
            {{ recomputed }}.{{ column }} = {{ stored }}.{{ column }}{{ ' and' if not loop.last }}
            {%- endfor %}
    )
    {%- else %}
    select
        {{ columns | join(',\n        ') }},
        cast(false as boolean) as is_removed
    from {{ recomputed }}
    {%- endif %}
{%- endmacro %}
