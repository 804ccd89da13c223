-- Class, event mark and governance level of a type, of fixed width and with collapsed blanks. Marks
-- are an open list: of two words the second is a level only if it is a known one.

with example as (
    select 'ON      NM' as given, 'ON' as classe, nullif('', '') as marca, 'NM' as nivel
    union all select 'ON', 'ON', nullif('', ''), nullif('', '')
    union all select 'UNT', 'UNT', nullif('', ''), nullif('', '')
    union all select 'PN  EJ  N1', 'PN', 'EJ', 'N1'
    union all select 'PNA ATZ N1', 'PNA', 'ATZ', 'N1'
    union all select 'UNT     N2', 'UNT', nullif('', ''), 'N2'
    union all select 'PNB EDJBN1', 'PNB', 'EDJB', 'N1'
    union all select 'PN  EDJB', 'PN', 'EDJB', nullif('', '')
    union all select 'ON  EDJ', 'ON', 'EDJ', nullif('', '')
    union all select 'ON  XYZ MA', 'ON', 'XYZ', 'MA'
    union all select 'ON      MA', 'ON', nullif('', ''), 'MA'
    union all select 'PNAXEDJBN1', 'PNAX', 'EDJB', 'N1'
    union all select 'PNAX    N1', 'PNAX', nullif('', ''), 'N1'
    union all select 'CI', 'CI', nullif('', ''), nullif('', '')
    union all select 'CI  ER', 'CI', 'ER', nullif('', '')
    union all select 'CI  ATZ MB', 'CI', 'ATZ', 'MB'
    union all select 'PNC     N1', 'PNC', nullif('', ''), 'N1'
    union all select 'PND ED  N1', 'PND', 'ED', 'N1'
    union all select 'DR3', 'DR3', nullif('', ''), nullif('', '')
    union all select 'DRN ED', 'DRN', 'ED', nullif('', '')
    union all select 'DR2 ED  NM', 'DR2', 'ED', 'NM'
    union all select 'ON EJ NM', 'ON', 'EJ', 'NM'
    union all select 'ON NM', 'ON', nullif('', ''), 'NM'
    union all select 'UNT N2', 'UNT', nullif('', ''), 'N2'
    union all select 'UNT ED N2', 'UNT', 'ED', 'N2'
    union all select 'ON EBG', 'ON', 'EBG', nullif('', '')
    union all select 'ON  EJ NM', 'ON', 'EJ', 'NM'
    union all select 'ON ED EJ NM', 'ON', 'ED EJ', 'NM'
    union all select 'ON ED  EJ NM', 'ON', 'ED EJ', 'NM'
    union all select 'ON    NM', 'ON', nullif('', ''), 'NM'
    union all select nullif('', ''), nullif('', ''), nullif('', ''), nullif('', '')
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
