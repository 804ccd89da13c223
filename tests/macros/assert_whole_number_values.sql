-- As number_text writes it: a mark means that the number is not whole.

with example as (
    select listed.*
    from (
        values
        ('12', 12),
        ('-12', -12),
        ('007', 7),
        ('0', 0),
        ('-0', 0),
        ('999999999999', 999999999999),
        ('1.5', nullif(0, 0)),
        ('0.000000000000000001', nullif(0, 0)),
        (null, nullif(0, 0))
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ whole_number('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
