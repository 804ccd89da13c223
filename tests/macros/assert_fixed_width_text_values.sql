-- Runs of blanks inside stay: what is around them and what says nothing goes.

with example as (
    select listed.*
    from (
        values
        (' PN  EJ  N1 ', 'PN  EJ  N1'),
        ('ON' || chr(160) || chr(9) || 'NM', 'ON  NM'),
        ('ON' || {{ characters([8203]) }} || '  ' || chr(1) || 'NM' || chr(31), 'ON  NM'),
        ('NULL', null),
        ('  ', null),
        (null, null)
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ fixed_width_text('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
