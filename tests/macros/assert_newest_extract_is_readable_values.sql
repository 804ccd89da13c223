-- Only the newest full extract counts, by day, then by time of receipt, then by load; a delivery that
-- is not whole ends nothing and is not looked at.

with example as (
    select 'a' as load_id, '2024-01-01' as ingest_date, 1 as recorded_at, true as is_full_extract, null as record_key
    union all select 'b', '2024-01-02', 1, true, 'k'
    union all select 'c', '2024-01-02', 2, true, null
    union all select 'c', '2024-01-02', 2, true, 'k'
    union all select 'd', '2024-01-03', 1, false, null
),

mended as (
    select * from example
    union all select 'e', '2024-01-02', 2, true, 'k'
),

found as (
    {{ test_newest_extract_is_readable('example') }}
),

found_after as (
    {{ test_newest_extract_is_readable('mended') }}
),

answered as (
    select
        (select count(*) from found where load_id = 'c' and unreadable_count = 1) as named_count,
        (select count(*) from found) as found_count,
        (select count(*) from found_after) as after_count
)

select * from answered
where named_count <> 1 or found_count <> 1 or after_count <> 0
