-- Only the newest full extract counts, by day, then by time of receipt, then by load: a delivery
-- that is not whole ends nothing and is not looked at. Files of one load are one extract.

with load as (
    select
        cast(1 as bigint) as load_key,
        'a' as load_id,
        '2024-01-01' as ingest_date
    union all select 2, 'b', '2024-01-02'
    union all select 3, 'c', '2024-01-02'
    union all select 4, 'c', '2024-01-02'
    union all select 5, 'd', '2024-01-03'
    union all select 6, 'e', '2024-01-02'
),

example as (
    select
        cast(1 as bigint) as load_key,
        1 as recorded_at,
        true as is_full_extract,
        cast(null as {{ dbt.type_string() }}) as record_key
    union all select 2, 1, true, 'k'
    union all select 3, 2, true, null
    union all select 4, 2, true, null
    union all select 4, 2, true, 'k'
    union all select 5, 1, false, null
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
