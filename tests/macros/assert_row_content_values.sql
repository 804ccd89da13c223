-- Decimals with two digits, ISO dates, six digits of seconds: chr(1) stands for null and chr(31)
-- parts the values, so a null, an empty text and a value that moves to the next column all differ.

with example as (
    select
        cast(11 as bigint) as a_number,
        cast(2400 as decimal(18, 2)) as an_amount,
        date '2024-01-05' as a_day,
        '2024-01-05 03:04:05.1' as instant_text,
        'a' as a_label,
        '11' || chr(31) || '2400.00' || chr(31) || '2024-01-05' || chr(31)
        || '2024-01-05 03:04:05.100000' || chr(31) || 'a' as expected
    union all select
        cast(null as bigint),
        cast(null as decimal(18, 2)),
        cast(null as date),
        nullif('', ''),
        nullif('', ''),
        chr(1) || chr(31) || chr(1) || chr(31) || chr(1) || chr(31) || chr(1) || chr(31) || chr(1)
    union all select
        -1,
        cast(-0.5 as decimal(18, 2)),
        date '1900-01-01',
        '1900-01-01 00:00:00',
        '',
        '-1' || chr(31) || '-0.50' || chr(31) || '1900-01-01' || chr(31)
        || '1900-01-01 00:00:00.000000' || chr(31)
),

typed as (
    select
        a_number,
        an_amount,
        a_day,
        {{ as_timestamp('instant_text') }} as an_instant,
        a_label,
        expected
    from example
),

answered as (
    select
        a_number,
        a_label,
        expected,
        {{ row_content([
            ['a_number', 'integer'], ['an_amount', 'decimal'], ['a_day', 'date'],
            ['an_instant', 'timestamp'], ['a_label', 'text'],
        ]) }} as actual
    from typed
)

select * from answered
where actual is distinct from expected
