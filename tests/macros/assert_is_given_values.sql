-- Null, blanks and markers of null say nothing.

with example as (
    select listed.*
    from (
        values
        ('x', true),
        ('0', true),
        (' ', false),
        ({{ characters([8203]) }}, false),
        ('NULL', false),
        ('null', false),
        (chr(92) || 'N', false),
        (' NULL' || chr(160), false),
        ('Null', true),
        ('NA', true),
        ('N', true),
        (chr(92) || 'n', true),
        ('', false),
        (null, false)
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ is_given('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
