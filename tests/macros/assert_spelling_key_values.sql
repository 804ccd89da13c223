-- Case, accents (on the letter or as a mark after it) and blanks make no difference. A letter that
-- only looks alike is another one.

with example as (
    select listed.*
    from (
        values
        ('Matemática', 'matematica', 'MATEMATICA'),
        (' MATEMATICA ', 'matematica', 'MATEMATICA'),
        ('{{ "Matema\u0301tica" }}', 'matematica', 'MATEMATICA'),
        ('{{ "Portugue\u0302s" }}', 'portugues', 'PORTUGUES'),
        ('{{ "Educac\u0327a\u0303o" }}', 'educacao', 'EDUCACAO'),
        (
            '{{ "a\u0300 la\u0308ngs A\u030angstro\u0308m" }}', 'a langs angstrom',
            'A LANGS ANGSTROM'
        ),
        ('Educação Física', 'educacao fisica', 'EDUCACAO FISICA'),
        ('educação   física', 'educacao fisica', 'EDUCACAO FISICA'),
        (
            chr(160) || 'Educação' || chr(9) || chr(10) || ' Física' || chr(13), 'educacao fisica',
            'EDUCACAO FISICA'
        ),
        ('a b  c    d', 'a b c d', 'A B C D'),
        ('a' || chr(1) || 'b' || chr(31), 'ab', 'AB'),
        ('Centro-Oeste', 'centro-oeste', 'CENTRO-OESTE'),
        ('{{ "\u0301" }}', null, null),
        (' Nacional ', 'nacional', 'NACIONAL'),
        (
            'áàâãäå éèêë íìîï óòôõö úùûü ç ñ ýÿ', 'aaaaaa eeee iiii ooooo uuuu c n yy',
            'AAAAAA EEEE IIII OOOOO UUUU C N YY'
        ),
        (
            'ÁÀÂÃÄÅ ÉÈÊË ÍÌÎÏ ÓÒÔÕÖ ÚÙÛÜ Ç Ñ Ý', 'aaaaaa eeee iiii ooooo uuuu c n y',
            'AAAAAA EEEE IIII OOOOO UUUU C N Y'
        ),
        ('Ærø Ðþ Šž Œ', 'ærø ðþ šž œ', 'ÆRØ ÐÞ ŠŽ Œ'),
        ('x-1', 'x-1', 'X-1'),
        ('Nac{{ "\u0131" }}onal', 'nac{{ "\u0131" }}onal', 'NAC{{ "\u0131" }}ONAL'),
        (
            '{{ "\u0130\u212a\u017fß" }}', '{{ "\u0130\u212a\u017fß" }}',
            '{{ "\u0130\u212a\u017fß" }}'
        ),
        (
            {{ characters([65279]) }} || 'nacional' || {{ characters([8201]) }}, 'nacional',
            'NACIONAL'
        ),
        ('a {{ "\u0301" }}', 'a', 'A'),
        ('NULL', null, null),
        (' null ', null, null),
        (chr(92) || 'N', null, null),
        ('Null', 'null', 'NULL'),
        ('   ', null, null),
        (chr(1), null, null),
        ('', null, null),
        (null, null, null)
    ) as listed (given, expected, capital)
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
