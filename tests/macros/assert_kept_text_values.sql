-- As it came but for outer blanks, doubled ones, what has no width and the two marks: what says
-- nothing is null.

with example as (
    select listed.*
    from (
        values
        (' Ana Silva ', 'Ana Silva'),
        (chr(9) || 'Fábio  GUEDES' || chr(160), 'Fábio GUEDES'),
        ('a' || chr(31) || 'b' || chr(1), 'ab'),
        (chr(1) || ' ', null),
        ('Cons N  Básico / Alimentos', 'Cons N Básico / Alimentos'),
        ('   a    b c  ', 'a b c'),
        ('a' || chr(9) || chr(160) || 'b' || chr(10), 'a b'),
        ('a' || chr(1) || ' ' || chr(31) || 'b', 'a b'),
        ('Te' || {{ characters([65533]) }} || 'rica', 'Te' || {{ characters([65533]) }} || 'rica'),
        ('a' || {{ characters([8203, 32, 8203]) }} || 'b', 'a b'),
        ('NULL', null),
        (' null' || chr(9), null),
        (chr(92) || 'N', null),
        (' ' || chr(92) || 'N', null),
        ('Null', 'Null'),
        ('NULLA', 'NULLA'),
        ('N', 'N'),
        ('   ', null),
        ('', null),
        (null, null)
    ) as listed (given, expected)
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
