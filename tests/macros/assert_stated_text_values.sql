-- Nothing is said by an empty text, NULL and NA in any case: others lose only what is around them.

with example as (
    select ' RENT ' as given, 'RENT' as expected
    union all select 'N A', 'N A'
    union all select 'NAN', 'NAN'
    union all select chr(9) || 'a  b' || chr(160) || chr(13), 'a b'
    union all select chr(92) || 'N', nullif('', '')
    union all select {{ characters([8203]) }} || 'nA', nullif('', '')
    union all select 'a' || chr(1) || 'b' || chr(31), 'ab'
    union all select '', nullif('', '')
    union all select chr(160), nullif('', '')
    union all select 'NA', nullif('', '')
    union all select ' na', nullif('', '')
    union all select 'Null', nullif('', '')
    union all select nullif('', ''), nullif('', '')
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
