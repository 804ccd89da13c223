-- Case, accents (on the letter or as a mark after it) and blanks make no difference. A letter that
-- only looks alike is another one.

with example as (
    select 'Matemática' as given, 'matematica' as expected, 'MATEMATICA' as capital
    union all select ' MATEMATICA ', 'matematica', 'MATEMATICA'
    union all select '{{ "Matema\u0301tica" }}', 'matematica', 'MATEMATICA'
    union all select '{{ "Portugue\u0302s" }}', 'portugues', 'PORTUGUES'
    union all select '{{ "Educac\u0327a\u0303o" }}', 'educacao', 'EDUCACAO'
    union all select
        '{{ "a\u0300 la\u0308ngs A\u030angstro\u0308m" }}',
        'a langs angstrom',
        'A LANGS ANGSTROM'
    union all select 'Educação Física', 'educacao fisica', 'EDUCACAO FISICA'
    union all select 'educação   física', 'educacao fisica', 'EDUCACAO FISICA'
    union all select
        chr(160) || 'Educação' || chr(9) || chr(10) || ' Física' || chr(13),
        'educacao fisica',
        'EDUCACAO FISICA'
    union all select 'a b  c    d', 'a b c d', 'A B C D'
    union all select 'a' || chr(1) || 'b' || chr(31), 'ab', 'AB'
    union all select 'Centro-Oeste', 'centro-oeste', 'CENTRO-OESTE'
    union all select '{{ "\u0301" }}', nullif('', ''), nullif('', '')
    union all select ' Nacional ', 'nacional', 'NACIONAL'
    union all select
        'áàâãäå éèêë íìîï óòôõö úùûü ç ñ ýÿ',
        'aaaaaa eeee iiii ooooo uuuu c n yy',
        'AAAAAA EEEE IIII OOOOO UUUU C N YY'
    union all select
        'ÁÀÂÃÄÅ ÉÈÊË ÍÌÎÏ ÓÒÔÕÖ ÚÙÛÜ Ç Ñ Ý',
        'aaaaaa eeee iiii ooooo uuuu c n y',
        'AAAAAA EEEE IIII OOOOO UUUU C N Y'
    union all select 'Ærø Ðþ Šž Œ', 'ærø ðþ šž œ', 'ÆRØ ÐÞ ŠŽ Œ'
    union all select 'x-1', 'x-1', 'X-1'
    union all select 'Nac{{ "\u0131" }}onal', 'nac{{ "\u0131" }}onal', 'NAC{{ "\u0131" }}ONAL'
    union all select
        '{{ "\u0130\u212a\u017fß" }}',
        '{{ "\u0130\u212a\u017fß" }}',
        '{{ "\u0130\u212a\u017fß" }}'
    union all select
        {{ characters([65279]) }} || 'nacional' || {{ characters([8201]) }},
        'nacional',
        'NACIONAL'
    union all select 'a {{ "\u0301" }}', 'a', 'A'
    union all select 'NULL', nullif('', ''), nullif('', '')
    union all select ' null ', nullif('', ''), nullif('', '')
    union all select chr(92) || 'N', nullif('', ''), nullif('', '')
    union all select 'Null', 'null', 'NULL'
    union all select '   ', nullif('', ''), nullif('', '')
    union all select chr(1), nullif('', ''), nullif('', '')
    union all select '', nullif('', ''), nullif('', '')
    union all select nullif('', ''), nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        capital,
        {{ spelling_key('given') }} as actual,
        {{ spelling_key('given', 'upper') }} as actual_capital
    from example
)

select * from answered
where actual is distinct from expected or actual_capital is distinct from capital
