-- Half-open: in force on the first day, no longer on the last: null known_to is open, null
-- known_from (never a state) never holds. Without a day: the state in force now.

with example as (
    select listed.*
    from (
        values
        (date '2024-01-05', date '2024-01-10', date '2024-01-04', false, false),
        (date '2024-01-05', date '2024-01-10', date '2024-01-05', true, false),
        (date '2024-01-05', date '2024-01-10', date '2024-01-09', true, false),
        (date '2024-01-05', date '2024-01-10', date '2024-01-10', false, false),
        (date '2024-01-05', cast(null as date), date '2024-01-04', false, true),
        (date '2024-01-05', cast(null as date), date '2024-01-05', true, true),
        (date '2024-01-05', cast(null as date), date '2100-01-01', true, true)
    ) as listed (known_from, known_to, given, expected, expected_now)
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
