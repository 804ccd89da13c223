-- A text of the right shape that is no instant gives null and no error.

with example as (
    select listed.*
    from (
        values
        ('2024-01-05 03:04:05.123456', '2024-01-05 03:04:05.123456'),
        ('2024-02-29 00:00:00', '2024-02-29 00:00:00.000000'),
        ('2023-02-29 00:00:00', null),
        ('2024-13-01 00:00:00', null),
        ('yesterday', null),
        ('', null),
        (null, null)
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ timestamp_text(timestamp_or_null('given')) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
