-- Case, accents (on the letter or as a mark after it) and blanks make no difference.

with example as (
    select 'Matemática' as given, 'matematica' as expected
    union all select ' MATEMATICA ', 'matematica'
    union all select '{{ "Matema\u0301tica" }}', 'matematica'
    union all select '{{ "Portugue\u0302s" }}', 'portugues'
    union all select '{{ "Educac\u0327a\u0303o" }}', 'educacao'
    union all select '{{ "a\u0300 la\u0308ngs A\u030angstro\u0308m" }}', 'a langs angstrom'
    union all select 'Educação Física', 'educacao fisica'
    union all select 'educação   física', 'educacao fisica'
    union all select
        chr(160) || 'Educação' || chr(9) || chr(10) || ' Física' || chr(13),
        'educacao fisica'
    union all select 'a b  c    d', 'a b c d'
    union all select 'a' || chr(1) || 'b' || chr(31), 'ab'
    union all select 'Centro-Oeste', 'centro-oeste'
    union all select '{{ "\u0301" }}', nullif('', '')
    union all select '   ', nullif('', '')
    union all select chr(1), nullif('', '')
    union all select '', nullif('', '')
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ spelling_key('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
