-- The name stands for the value, null too, and columns of the row are still seen.

with example as (
    select 'a' as given, 'x' as beside, 'axa' as expected
    union all select '', 'x', 'x'
    union all select nullif('', ''), 'x', nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ bound("lower(given)", 'v', "v || beside || v") }} as actual
    from example
)

select * from answered
where actual is distinct from expected
