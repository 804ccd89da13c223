-- A missing partition is a key value of its own, apart from 0: without the id there is no key.

with example as (
    select cast(55 as bigint) as id, cast(5 as bigint) as partition_id, '55/5' as expected
    union all select 55, 0, '55/0'
    union all select 55, cast(null as bigint), '55/-'
    union all select -1, -2, '-1/-2'
    union all select cast(null as bigint), 5, nullif('', '')
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
