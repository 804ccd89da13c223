-- Who stands in a dimension: records of the source, unknown and gone ones that a sale names: not
-- those that are gone and that no sale names.

with history as (
    select listed.*
    from (
        values
        (1, 'Ann', date '2024-01-02', cast(null as date)),
        (2, 'Bob', date '2024-01-02', date '2024-01-04'),
        (2, 'Rob', date '2024-01-04', null),
        (2, 'Job', null, null),
        (3, 'Cid', date '2024-01-02', date '2024-01-03'),
        (4, 'Dan', date '2024-01-02', date '2024-01-03'),
        (5, 'Eve', date '2024-01-01', date '2024-01-03'),
        (5, 'Eva', date '2024-01-05', date '2024-01-06'),
        (7, 'Flo', null, null),
        (8, 'Gil', date '2024-01-01', date '2024-01-02'),
        (8, 'Gil', date '2024-01-05', null)
    ) as listed (id, full_name, known_from, known_to)
),

sale as (
    select listed.*
    from (
        values
        (1),
        (1),
        (4),
        (5),
        (6),
        (7)
    ) as listed (id)
),

expected_member as (
    -- name|first_seen|last_changed|is_active|is_unknown
    select listed.*
    from (
        values
        (1, 'Ann|2024-01-02|2024-01-02|true|false'),
        (2, 'Rob|2024-01-02|2024-01-04|true|false'),
        (4, 'Dan|2024-01-02|2024-01-03|false|false'),
        (5, 'Eva|2024-01-01|2024-01-06|false|false'),
        (6, 'desconhecido|-|-|false|true'),
        (7, 'desconhecido|-|-|false|true'),
        (8, 'Gil|2024-01-01|2024-01-05|true|false')
    ) as listed (id, expected)
),

{{ dimension_members('history', 'id', 'full_name', 'sale') }},

actual_member as (
    select
        id,
        full_name
        || '|' || coalesce(cast(first_seen as {{ dbt.type_string() }}), '-')
        || '|' || coalesce(cast(last_changed as {{ dbt.type_string() }}), '-')
        || '|' || cast(is_active as {{ dbt.type_string() }})
        || '|' || cast(is_unknown as {{ dbt.type_string() }}) as actual
    from member
),

compared as (
    select
        coalesce(expected_member.id, actual_member.id) as id,
        expected_member.expected,
        actual_member.actual
    from expected_member
    full outer join actual_member on expected_member.id = actual_member.id
)

select * from compared
where actual is distinct from expected
