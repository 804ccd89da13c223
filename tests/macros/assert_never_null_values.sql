-- A row with a null in any of the columns is found, wherever the null stands: nulls of other
-- columns are no matter.

with example as (
    select
        1 as id,
        'a' as known,
        'x' as also_known,
        cast(null as {{ dbt.type_string() }}) as other,
        false as expected
    union all select 2, null, 'x', 'y', true
    union all select 3, 'a', null, 'y', true
    union all select 4, null, null, null, true
    union all select 5, 'a', 'x', 'y', false
),

found as (
    {{ test_never_null('example', ['known', 'also_known']) }}
),

answered as (
    select
        example.id,
        example.expected,
        found.id is not null as actual
    from example
    left join found on example.id = found.id
)

select * from answered
where actual <> expected
