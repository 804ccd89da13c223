-- Codes in the order of the dict, joined by commas: none is null, a null condition does not hold.

with example as (
    select 1 as a, 1 as b, 'second,first' as expected
    union all select 1, 0, 'first'
    union all select 0, 1, 'second'
    union all select 0, 0, nullif('', '')
    union all select cast(null as integer), 1, 'second'
    union all select cast(null as integer), cast(null as integer), nullif('', '')
),

answered as (
    select
        a,
        b,
        expected,
        {{ flag_list({'second': 'b = 1', 'first': 'a = 1'}) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
