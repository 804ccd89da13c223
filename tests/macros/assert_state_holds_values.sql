-- Half-open: in force on the first day, no longer on the last: null known_to is open, null
-- known_from (never a state) never holds. Without a day: the state in force now.

with example as (
    select
        date '2024-01-05' as known_from,
        date '2024-01-10' as known_to,
        date '2024-01-04' as given,
        false as expected,
        false as expected_now
    union all select date '2024-01-05', date '2024-01-10', date '2024-01-05', true, false
    union all select date '2024-01-05', date '2024-01-10', date '2024-01-09', true, false
    union all select date '2024-01-05', date '2024-01-10', date '2024-01-10', false, false
    union all select date '2024-01-05', cast(null as date), date '2024-01-04', false, true
    union all select date '2024-01-05', cast(null as date), date '2024-01-05', true, true
    union all select date '2024-01-05', cast(null as date), date '2100-01-01', true, true
),

answered as (
    select
        example.known_from,
        example.known_to,
        example.given,
        example.expected,
        coalesce({{ state_holds('example', 'example.given') }}, false) as actual,
        example.expected_now,
        {{ state_holds('example', none) }} as actual_now
    from example
)

select * from answered
where
    actual is distinct from expected
    or actual_now is distinct from expected_now
