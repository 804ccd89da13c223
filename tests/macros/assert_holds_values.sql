-- Every rule that a row breaks is named with the number of its rows, a null counted as broken: a
-- row that breaks several counts for the first of them, in their order. A table without fault has
-- none.

{% set rules = {
    'is_positive': 'amount > 0',
    'is_even': 'amount % 2 = 0',
    'is_small': 'amount < 9',
} %}

with example as (
    select listed.*
    from (
        values
        (2),
        (3),
        (5),
        (-3),
        (8),
        (cast(null as integer))
    ) as listed (amount)
),

faultless as (
    select * from example
    where amount in (2, 8)
),

found as (
    {{ test_holds('example', rules) }}
),

found_in_none as (
    {{ test_holds('faultless', rules) }}
),

answered as (
    select broken_rule || ' ' || cast(row_count as {{ dbt.type_string() }}) as answer from found
    union all
    select 'faultless ' || broken_rule as answer from found_in_none
),

expected as (
    select 'is_positive 2' as answer
    union all select 'is_even 2'
)

select
    expected.answer as expected,
    answered.answer as actual
from expected
full outer join answered on expected.answer = answered.answer
where expected.answer is null or answered.answer is null
