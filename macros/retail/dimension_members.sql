{#
    dimension_members(history, id, name, venda) -> CTEs, the last of them `member`
    history: CTE of a history of records (see `extract_history`) with the columns id and name; venda: CTE of
    the current sales, with the column id.

    `member` has the records that the source holds now and every further one that a current sale names,
    so that no sale loses its place: one that the source has taken out keeps its last name, one that no
    source has delivered is called `desconhecido` until the real one arrives. first_seen and last_changed are
    days of knowledge, null where nothing is known.
#}
{% macro dimension_members(history, id, name, venda) -%}
version as (
    select
        {{ id }},
        {{ name }},
        known_from,
        known_to
    from {{ history }}
    where known_from is not null
),

lifetime as (
    select
        {{ id }},
        min(known_from) as first_seen,
        max(known_from) as last_known_from,
        max(coalesce(known_to, known_from)) as last_changed
    from version
    group by {{ id }}
),

last_version as (
    select
        version.{{ id }},
        version.{{ name }},
        version.known_to is null as is_active,
        lifetime.first_seen,
        lifetime.last_changed
    from version
    inner join lifetime
        on version.{{ id }} = lifetime.{{ id }} and version.known_from = lifetime.last_known_from
),

member_id as (
    select {{ id }}
    from last_version
    where is_active
    union
    select {{ id }}
    from {{ venda }}
),

member as (
    select
        member_id.{{ id }},
        coalesce(last_version.{{ name }}, 'desconhecido') as {{ name }},
        last_version.first_seen,
        last_version.last_changed,
        coalesce(last_version.is_active, false) as is_active,
        last_version.{{ id }} is null as is_unknown
    from member_id
    left join last_version on member_id.{{ id }} = last_version.{{ id }}
)
{%- endmacro %}
