-- Always 26 characters: equal instants are equal texts, and texts sort as the instants do.

with example as (
    select listed.*
    from (
        values
        ('2024-01-05 03:04:05.123456', '2024-01-05 03:04:05.123456'),
        ('2024-01-05 03:04:05.12', '2024-01-05 03:04:05.120000'),
        ('2024-01-05 03:04:05', '2024-01-05 03:04:05.000000'),
        ('1900-01-01 00:00:00', '1900-01-01 00:00:00.000000'),
        (null, null)
    ) as listed (given, expected)
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
