-- As it came but for outer blanks, doubled ones, what has no width and the two marks: what says
-- nothing is null.

with example as (
    select ' Ana Silva ' as given, 'Ana Silva' as expected
    union all select chr(9) || 'Fábio  GUEDES' || chr(160), 'Fábio GUEDES'
    union all select 'a' || chr(31) || 'b' || chr(1), 'ab'
    union all select chr(1) || ' ', nullif('', '')
    union all select 'Cons N  Básico / Alimentos', 'Cons N Básico / Alimentos'
    union all select '   a    b c  ', 'a b c'
    union all select 'a' || chr(9) || chr(160) || 'b' || chr(10), 'a b'
    union all select 'a' || chr(1) || ' ' || chr(31) || 'b', 'a b'
    union all select
        'Te' || {{ characters([65533]) }} || 'rica',
        'Te' || {{ characters([65533]) }} || 'rica'
    union all select 'a' || {{ characters([8203, 32, 8203]) }} || 'b', 'a b'
    union all select 'NULL', nullif('', '')
    union all select ' null' || chr(9), nullif('', '')
    union all select chr(92) || 'N', nullif('', '')
    union all select ' ' || chr(92) || 'N', nullif('', '')
    union all select 'Null', 'Null'
    union all select 'NULLA', 'NULLA'
    union all select 'N', 'N'
    union all select '   ', nullif('', '')
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
