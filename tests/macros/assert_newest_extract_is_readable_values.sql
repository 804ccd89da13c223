-- Only the newest full extract counts, by day, then by time of receipt, then by load: a delivery
-- that is not whole ends nothing and is not looked at. Files of one load are one extract.

with load as (
    select listed.*
    from (
        values
        (cast(1 as bigint), 'a', '2024-01-01'),
        (2, 'b', '2024-01-02'),
        (3, 'c', '2024-01-02'),
        (4, 'c', '2024-01-02'),
        (5, 'd', '2024-01-03'),
        (6, 'e', '2024-01-02')
    ) as listed (load_key, load_id, ingest_date)
),

example as (
    select listed.*
    from (
        values
        (cast(1 as bigint), 1, true, cast(null as {{ dbt.type_string() }})),
        (2, 1, true, 'k'),
        (3, 2, true, null),
        (4, 2, true, null),
        (4, 2, true, 'k'),
        (5, 1, false, null)
    ) as listed (load_key, recorded_at, is_full_extract, record_key)
),

mended as (
    select * from example
    union all select 6, 2, true, 'k'
),

found as (
    {{ test_newest_extract_is_readable('example', 'load') }}
),

found_after as (
    {{ test_newest_extract_is_readable('mended', 'load') }}
),

answered as (
    select
        count_if(load_id = 'c' and unreadable_count = 2) as named_count,
        count(*) as found_count
    from found
)

select
    answered.named_count,
    answered.found_count,
    found_after.load_id
from answered
left join found_after on 1 = 1
where
    answered.named_count <> 1
    or answered.found_count <> 1
    or found_after.load_id is not null
