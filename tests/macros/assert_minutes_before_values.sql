-- Minutes earlier, over the ends of days and of months: negative ones are later.

with example as (
    select listed.*
    from (
        values
        ('2024-03-01 00:30:00.123456', 45, '2024-02-29 23:45:00.123456'),
        ('2024-02-29 23:30:00.000000', -45, '2024-03-01 00:15:00.000000'),
        ('2024-01-05 10:00:00.000001', 840, '2024-01-04 20:00:00.000001'),
        ('2024-01-05 10:00:00.000000', 0, '2024-01-05 10:00:00.000000'),
        (null, 1, null)
    ) as listed (given, minutes, expected)
),

answered as (
    select
        given,
        expected,
        {{ timestamp_text(minutes_before(as_timestamp('given'), 'minutes')) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
