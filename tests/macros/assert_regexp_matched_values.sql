-- Found anywhere unless anchored: a dollar at the end means the very end, so a text that ends in a
-- line break is no match.

with example as (
    select listed.*
    from (
        values
        ('123', true, true),
        ('a123', false, true),
        ('123a', false, true),
        ('123' || chr(10), false, true),
        (chr(10) || '123', false, true),
        ('123' || chr(13) || chr(10), false, true),
        ('1' || chr(10) || '3', false, true),
        ('123.', false, true),
        ('', false, false),
        ('abc', false, false),
        (null, cast(null as boolean), cast(null as boolean))
    ) as listed (given, expected_anchored, expected_found)
),

answered as (
    select
        given,
        expected_anchored,
        {{ regexp_matched('given', '^[0-9]+$') }} as actual_anchored,
        expected_found,
        {{ regexp_matched('given', '[0-9]') }} as actual_found
    from example
)

select * from answered
where
    actual_anchored is distinct from expected_anchored
    or actual_found is distinct from expected_found
