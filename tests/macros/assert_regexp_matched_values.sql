-- Found anywhere unless anchored: a dollar at the end means the very end, so a text that ends in a
-- line break is no match.

with example as (
    select '123' as given, true as expected_anchored, true as expected_found
    union all select 'a123', false, true
    union all select '123a', false, true
    union all select '123' || chr(10), false, true
    union all select chr(10) || '123', false, true
    union all select '123' || chr(13) || chr(10), false, true
    union all select '1' || chr(10) || '3', false, true
    union all select '123.', false, true
    union all select '', false, false
    union all select 'abc', false, false
    union all select nullif('', ''), cast(null as boolean), cast(null as boolean)
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
