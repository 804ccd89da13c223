-- Trimmed, Latin accents gone, case kept; nothing left is null.

with example as (
    select ' Nacional ' as given, 'Nacional' as expected
    union all select 'áàâãäå éèêë íìîï óòôõö úùûü ç ñ', 'aaaaaa eeee iiii ooooo uuuu c n'
    union all select 'ÁÀÂÃÄÅ ÉÈÊË ÍÌÎÏ ÓÒÔÕÖ ÚÙÛÜ Ç Ñ', 'AAAAAA EEEE IIII OOOOO UUUU C N'
    union all select 'aprovação', 'aprovacao'
    union all select 'x-1', 'x-1'
    union all select '   ', nullif('', '')
    union all select chr(160), nullif('', '')
    union all select chr(1), nullif('', '')
    union all select 'a' || chr(31) || 'b' || chr(1), 'ab'
    union all select '', nullif('', '')
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ unaccented('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
