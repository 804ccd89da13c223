-- Who stands in a dimension: records of the source, unknown and gone ones that a sale names: not
-- those that are gone and that no sale names.

with history as (
    select
        1 as id,
        'Ann' as full_name,
        date '2024-01-02' as known_from,
        cast(null as date) as known_to
    union all select 2, 'Bob', date '2024-01-02', date '2024-01-04'
    union all select 2, 'Rob', date '2024-01-04', null
    union all select 2, 'Job', null, null
    union all select 3, 'Cid', date '2024-01-02', date '2024-01-03'
    union all select 4, 'Dan', date '2024-01-02', date '2024-01-03'
    union all select 5, 'Eve', date '2024-01-01', date '2024-01-03'
    union all select 5, 'Eva', date '2024-01-05', date '2024-01-06'
    union all select 7, 'Flo', null, null
    union all select 8, 'Gil', date '2024-01-01', date '2024-01-02'
    union all select 8, 'Gil', date '2024-01-05', null
),

sale as (
    select 1 as id
    union all select 1
    union all select 4
    union all select 5
    union all select 6
    union all select 7
),

expected_member as (
    -- name|first_seen|last_changed|is_active|is_unknown
    select
        1 as id,
        'Ann|2024-01-02|2024-01-02|true|false' as expected
    union all select 2, 'Rob|2024-01-02|2024-01-04|true|false'
    union all select 4, 'Dan|2024-01-02|2024-01-03|false|false'
    union all select 5, 'Eva|2024-01-01|2024-01-06|false|false'
    union all select 6, 'desconhecido|-|-|false|true'
    union all select 7, 'desconhecido|-|-|false|true'
    union all select 8, 'Gil|2024-01-01|2024-01-05|true|false'
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
