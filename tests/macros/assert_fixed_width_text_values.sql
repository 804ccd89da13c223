-- Runs of blanks inside stay: what is around them and what says nothing goes.

with example as (
    select ' PN  EJ  N1 ' as given, 'PN  EJ  N1' as expected
    union all select 'ON' || chr(160) || chr(9) || 'NM', 'ON  NM'
    union all select 'ON' || {{ characters([8203]) }} || '  ' || chr(1) || 'NM' || chr(31), 'ON  NM'
    union all select 'NULL', nullif('', '')
    union all select '  ', nullif('', '')
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ fixed_width_text('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected
