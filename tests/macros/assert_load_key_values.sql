-- The first 15 hex digits of the md5 of the four texts in UTF-8 with chr(31) between them. The
-- numbers come from Python: int(hashlib.md5('\x1f'.join(texts).encode()).hexdigest()[:15], 16).
-- Among them are letters beyond ASCII, a small number and one near the greatest.

with example as (
    select listed.*
    from (
        values
        (
            'purchase', '2024-01-02-a', '2024-01-02', 'purchase.csv',
            cast(589677812122888882 as bigint)
        ),
        ('purchase', '2024-01-02-a', '2024-01-03', 'purchase.csv', 444823992885524968),
        ('aluno', 'carga-é', '2024-01-02', 'alunos ção.csv', 191759580673356560),
        ('carteira', 'load', '2024-01-02', 'IBOV→日.csv', 570979886534705200),
        ('nota', '', '', '', 97599110656893398),
        ('venda', 'load-3180', '2024-01-02', 'vendas.csv', 43084788128402),
        ('venda', 'load-3277', '2024-01-02', 'vendas.csv', 1152754110312684200),
        ('nota', 'load', '2024-01-02', null, cast(null as bigint))
    ) as listed (entity, load_id, ingest_date, source_file, expected)
),

answered as (
    select
        *,
        {{ load_key('entity', 'load_id', 'ingest_date', 'source_file') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
