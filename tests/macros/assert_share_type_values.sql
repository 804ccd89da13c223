-- Class, event mark and governance level of a type, of fixed width and with collapsed blanks. Marks
-- are an open list: of two words the second is a level only if it is a known one.

with example as (
    select listed.*
    from (
        values
        ('ON      NM', 'ON', null, 'NM'),
        ('ON', 'ON', null, null),
        ('UNT', 'UNT', null, null),
        ('PN  EJ  N1', 'PN', 'EJ', 'N1'),
        ('PNA ATZ N1', 'PNA', 'ATZ', 'N1'),
        ('UNT     N2', 'UNT', null, 'N2'),
        ('PNB EDJBN1', 'PNB', 'EDJB', 'N1'),
        ('PN  EDJB', 'PN', 'EDJB', null),
        ('ON  EDJ', 'ON', 'EDJ', null),
        ('ON  XYZ MA', 'ON', 'XYZ', 'MA'),
        ('ON      MA', 'ON', null, 'MA'),
        ('PNAXEDJBN1', 'PNAX', 'EDJB', 'N1'),
        ('PNAX    N1', 'PNAX', null, 'N1'),
        ('CI', 'CI', null, null),
        ('CI  ER', 'CI', 'ER', null),
        ('CI  ATZ MB', 'CI', 'ATZ', 'MB'),
        ('PNC     N1', 'PNC', null, 'N1'),
        ('PND ED  N1', 'PND', 'ED', 'N1'),
        ('DR3', 'DR3', null, null),
        ('DRN ED', 'DRN', 'ED', null),
        ('DR2 ED  NM', 'DR2', 'ED', 'NM'),
        ('ON EJ NM', 'ON', 'EJ', 'NM'),
        ('ON NM', 'ON', null, 'NM'),
        ('UNT N2', 'UNT', null, 'N2'),
        ('UNT ED N2', 'UNT', 'ED', 'N2'),
        ('ON EBG', 'ON', 'EBG', null),
        ('ON  EJ NM', 'ON', 'EJ', 'NM'),
        ('ON ED EJ NM', 'ON', 'ED EJ', 'NM'),
        ('ON ED  EJ NM', 'ON', 'ED EJ', 'NM'),
        ('ON    NM', 'ON', null, 'NM'),
        (null, null, null, null)
    ) as listed (given, classe, marca, nivel)
),

read_type as (
    select
        *,
        {{ classe_acao('given') }} as actual_classe,
        {{ nivel_governanca('given') }} as actual_nivel
    from example
),

answered as (
    select
        *,
        {{ marca_evento('given', 'actual_classe', 'actual_nivel') }} as actual_marca
    from read_type
)

select * from answered
where
    actual_classe is distinct from classe
    or actual_marca is distinct from marca
    or actual_nivel is distinct from nivel
