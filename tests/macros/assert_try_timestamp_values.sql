-- YYYY-MM-DD, blank or T, HH:MM:SS, up to nine digits of fraction, zeros beyond the sixth. Nothing
-- and Z are UTC, an offset is turned to it: engines drop one without a word.

with example as (
    select '2024-01-05 03:04:05' as given, '2024-01-05 03:04:05.000000' as expected
    union all select '2024-01-05T03:04:05', '2024-01-05 03:04:05.000000'
    union all select '2024-01-05 03:04:05.1', '2024-01-05 03:04:05.100000'
    union all select '2024-01-05 03:04:05.123456', '2024-01-05 03:04:05.123456'
    union all select '2024-01-05T23:59:59.999999', '2024-01-05 23:59:59.999999'
    union all select '2024-02-29 00:00:00', '2024-02-29 00:00:00.000000'
    union all select '1900-01-01 00:00:00', '1900-01-01 00:00:00.000000'
    union all select '2100-12-31 23:59:59', '2100-12-31 23:59:59.000000'
    union all select '1899-12-31 23:59:59', nullif('', '')
    union all select '2101-01-01 00:00:00', nullif('', '')
    union all select '2023-02-29 00:00:00', nullif('', '')
    union all select '2024-02-30 00:00:00', nullif('', '')
    union all select '2024-13-01 00:00:00', nullif('', '')
    union all select '2024-01-05 24:00:00', nullif('', '')
    union all select '2024-01-05 03:60:00', nullif('', '')
    union all select '2024-01-05 03:04:60', nullif('', '')
    union all select '2024-01-05 03:04:05Z', '2024-01-05 03:04:05.000000'
    union all select '2024-01-05T03:04:05.100Z', '2024-01-05 03:04:05.100000'
    union all select '2024-01-05 03:04:05+00:00', '2024-01-05 03:04:05.000000'
    union all select '2024-01-05 03:04:05-03:00', '2024-01-05 06:04:05.000000'
    union all select '2024-01-05 03:04:05.123456-03', '2024-01-05 06:04:05.123456'
    union all select '2024-01-05T03:04:05+0530', '2024-01-04 21:34:05.000000'
    union all select '2024-01-05T03:04:05-0030', '2024-01-05 03:34:05.000000'
    union all select '2024-02-28T23:30:00-00:45', '2024-02-29 00:15:00.000000'
    union all select '2024-01-05T00:00:00+14:00', '2024-01-04 10:00:00.000000'
    union all select '2024-01-05T00:00:00+14:01', nullif('', '')
    union all select '2024-01-05T00:00:00+15:00', nullif('', '')
    union all select '2024-01-05T00:00:00+03:60', nullif('', '')
    union all select '2024-01-05T00:00:00+3', nullif('', '')
    union all select '2024-01-05T00:00:00 -03:00', nullif('', '')
    union all select '2024-01-05T00:00:00z', nullif('', '')
    union all select '2024-01-05T00:00:00Z+00:00', nullif('', '')
    union all select '2023-02-29T00:00:00Z', nullif('', '')
    union all select '2024-01-05 03:04:05 UTC', nullif('', '')
    union all select '2024-01-05 03:04:05.123456000', '2024-01-05 03:04:05.123456'
    union all select '2024-01-05 03:04:05.1200000', '2024-01-05 03:04:05.120000'
    union all select '2024-01-05 03:04:05.000000000Z', '2024-01-05 03:04:05.000000'
    union all select '2024-01-05 03:04:05.1234567', nullif('', '')
    union all select '2024-01-05 03:04:05.000000001', nullif('', '')
    union all select '2024-01-05 03:04:05.0000000000', nullif('', '')
    union all select '2024-01-05 03:04:05.', nullif('', '')
    union all select '2024-01-05 03:04:05,1', nullif('', '')
    union all select '2024-01-05 03:04', nullif('', '')
    union all select '2024-01-05', nullif('', '')
    union all select '2024-1-5 03:04:05', nullif('', '')
    union all select '2024-01-05  03:04:05', nullif('', '')
    union all select '2024-01-05t03:04:05', nullif('', '')
    union all select ' 2024-01-05 03:04:05', '2024-01-05 03:04:05.000000'
    union all select '2024-01-05 03:04:05 ', '2024-01-05 03:04:05.000000'
    union all select '2024-01-05 03:04:05' || chr(10), '2024-01-05 03:04:05.000000'
    union all select chr(160) || '2024-01-05T03:04:05Z' || chr(9), '2024-01-05 03:04:05.000000'
    union all select '2024-01-05' || chr(160) || '03:04:05', '2024-01-05 03:04:05.000000'
    union all select 'NULL', nullif('', '')
    union all select '', nullif('', '')
    union all select nullif('', ''), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ timestamp_text(try_timestamp('given')) }} as actual
    from example
)

select * from answered
where actual is distinct from expected
