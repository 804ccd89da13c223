-- Blanks at both ends go, blanks inside become one; marks of row_content go too, letters stay.

with example as (
    select 'Cons N  Básico / Alimentos' as given, 'Cons N Básico / Alimentos' as expected
    union all select 'Cons N Básico / Alimentos', 'Cons N Básico / Alimentos'
    union all select '   a    b c  ', 'a b c'
    union all select 'a' || chr(9) || chr(160) || 'b' || chr(10), 'a b'
    union all select 'a' || chr(1) || ' ' || chr(31) || 'b', 'a b'
    union all select 'Te' || chr(65533) || 'rica', 'Te' || chr(65533) || 'rica'
    union all select 'x', 'x'
    union all select '   ', nullif('', '')
    union all select '', nullif('', '')
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ single_spaced('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
