-- Always 26 characters: equal instants are equal texts, and texts sort as the instants do.

with example as (
    select '2024-01-05 03:04:05.123456' as given, '2024-01-05 03:04:05.123456' as expected
    union all select '2024-01-05 03:04:05.12', '2024-01-05 03:04:05.120000'
    union all select '2024-01-05 03:04:05', '2024-01-05 03:04:05.000000'
    union all select '1900-01-01 00:00:00', '1900-01-01 00:00:00.000000'
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ timestamp_text(as_timestamp('given')) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
