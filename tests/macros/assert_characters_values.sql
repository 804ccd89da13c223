-- Characters by their numbers, in order, the unseen ones too.

with example as (
    select
        {{ characters([78, 97, 99, 105, 111, 110, 97, 108]) }} as actual,
        'Nacional' as expected
    union all select {{ characters([231, 227, 305, 8364]) }}, 'çãı€'
    union all select
        {{ characters([9, 10, 13, 31, 160]) }},
        chr(9) || chr(10) || chr(13) || chr(31) || chr(160)
)

select * from example
where actual is distinct from expected
