-- A category is named, apart from the words for other values: of another column it is told only
-- whether there is a value, and an empty text is one. A number is named as a text.

with example as (
    select
        1 as id,
        'x' as status,
        cast(7 as bigint) as code,
        'value:x|given|value:7|row' as expected
    union all select 2, 'missing', cast(null as bigint), 'value:missing|given|missing|row'
    union all select 3, '', 0, 'value:|given|value:0|row'
    union all select 4, nullif('', ''), -1, 'missing|missing|value:-1|row'
),

answered as (
    select
        id,
        expected,
        {{ profiled_value('status', true) }}
        || '|' || {{ profiled_value('status', false) }}
        || '|' || {{ profiled_value('code', true) }}
        || '|' || {{ profiled_value('*', none) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
