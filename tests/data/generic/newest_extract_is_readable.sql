{#
    newest_extract_is_readable: every row of the newest full extract has a key. A row whose key cannot be
    read could be any record, so its extract ends none: records that the source no longer has stay until
    it delivers a readable whole. Ask for it as a warning: the rows are rejected by name already, and this
    says what follows from them.
#}
{% test newest_extract_is_readable(model, load) %}
with full_extract as (
    select
        load.load_id,
        load.ingest_date,
        max(record.recorded_at) as recorded_at,
        count_if(record.record_key is null) as unreadable_count
    from {{ model }} as record
    inner join {{ load }} as load on record.load_key = load.load_key
    where record.is_full_extract
    group by load.load_id, load.ingest_date
),

placed as (
    select
        load_id,
        ingest_date,
        unreadable_count,
        row_number() over (order by ingest_date desc, recorded_at desc, load_id desc) as place
    from full_extract
)

select *
from placed
where place = 1 and unreadable_count > 0
{% endtest %}
