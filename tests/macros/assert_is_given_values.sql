-- Null, blanks and markers of null say nothing.

with example as (
    select 'x' as given, true as expected
    union all select '0', true
    union all select ' ', false
    union all select {{ characters([8203]) }}, false
    union all select 'NULL', false
    union all select 'null', false
    union all select chr(92) || 'N', false
    union all select ' NULL' || chr(160), false
    union all select 'Null', true
    union all select 'NA', true
    union all select 'N', true
    union all select chr(92) || 'n', true
    union all select '', false
    union all select nullif('', ''), false
),

answered as (
    select
        given,
        expected,
        {{ is_given('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
