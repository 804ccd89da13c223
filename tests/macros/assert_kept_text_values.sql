-- As it came but for outer blanks and the two marks; nothing left is null.

with example as (
    select ' Ana Silva ' as given, 'Ana Silva' as expected
    union all select chr(9) || 'Fábio  GUEDES' || chr(160), 'Fábio  GUEDES'
    union all select 'a' || chr(31) || 'b' || chr(1), 'ab'
    union all select chr(1) || ' ', nullif('', '')
    union all select '', nullif('', '')
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ kept_text('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
