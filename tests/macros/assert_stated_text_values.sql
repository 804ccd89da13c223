-- Nothing is said by an empty text, NULL and NA in any case: others lose only what is around them.

with example as (
    select listed.*
    from (
        values
        (' RENT ', 'RENT'),
        ('N A', 'N A'),
        ('NAN', 'NAN'),
        (chr(9) || 'a  b' || chr(160) || chr(13), 'a b'),
        (chr(92) || 'N', null),
        ({{ characters([8203]) }} || 'nA', null),
        ('a' || chr(1) || 'b' || chr(31), 'ab'),
        ('', null),
        (chr(160), null),
        ('NA', null),
        (' na', null),
        ('Null', null),
        (null, null)
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ stated_text('given') }} as actual,
        {{ stated_text('given', is_read=true) }} as actual_read
    from example
)

select * from answered
where
    actual is distinct from expected
    or (actual_read is null) <> (expected is null)
