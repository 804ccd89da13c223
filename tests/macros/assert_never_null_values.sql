-- A row with a null in any of the columns is found, wherever the null stands: nulls of other
-- columns are no matter.

with example as (
    select listed.*
    from (
        values
        (1, 'a', 'x', cast(null as {{ dbt.type_string() }}), false),
        (2, null, 'x', 'y', true),
        (3, 'a', null, 'y', true),
        (4, null, null, null, true),
        (5, 'a', 'x', 'y', false)
    ) as listed (id, known, also_known, other, expected)
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
