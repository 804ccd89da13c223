-- A missing partition is a key value of its own, apart from 0: without the id there is no key.

with example as (
    select listed.*
    from (
        values
        (cast(55 as bigint), cast(5 as bigint), '55/5'),
        (55, 0, '55/0'),
        (55, cast(null as bigint), '55/-'),
        (-1, -2, '-1/-2'),
        (cast(null as bigint), 5, null)
    ) as listed (id, partition_id, expected)
),

answered as (
    select
        id,
        partition_id,
        expected,
        {{ commerce_key('id', 'partition_id') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
