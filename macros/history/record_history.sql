{#
    record_history(events, columns, content) -> CTEs, the last of them `history`
    events: CTE of accepted events, complete for each record_key it holds; columns: those to keep, among
    them record_key, load_id, source_file, source_row, ingest_date (text), recorded_at, flags; content:
    [name, kind] of the business columns in the order of the contract, as in `row_content`.

    `history` has every event of `events` with the columns to keep and
      row_status  `repeated` if an earlier received row of the record has the same content; else `current`
                  if its content is that of the record's greatest event; else `superseded`;
      known_from  first day on which it was the state of its record, null if it never was;
      known_to    first day on which it no longer was, null if it still is (or never was);
      flags       with `conflict` where another event of the record has the same time, other content.
    The state of a record as known on day D is its greatest event by (transaction_datetime, recorded_at,
    content) among those with ingest_date <= D: an event is outranked on the first day on which a
    greater one was known, and was the state only if that day is not its own.

    Content decides only between events of one instant, so only records that have such a pair pay for it:
    sorting every row by its whole content costs twice the time and three times the memory.
#}
{% macro record_history(events, columns, content) -%}
contested_records as (
    select distinct record_key
    from (
        select record_key
        from {{ events }}
        group by record_key, transaction_datetime
        having count(*) > 1
    ) as tied
),

uncontested_history as (
    select
        {{ events }}.*,
        min(ingest_date) over (
            partition by record_key order by transaction_datetime desc
            rows between unbounded preceding and 1 preceding
        ) as outranked_on,
        false as is_repeated,
        false as is_conflict
    from {{ events }}
    where not exists (
        select 1 from contested_records
        where contested_records.record_key = {{ events }}.record_key
    )
),

contested_events as (
    select
        {{ events }}.*,
        {{ row_content(content) }} as content
    from {{ events }}
    where exists (
        select 1 from contested_records
        where contested_records.record_key = {{ events }}.record_key
    )
),

contested_history as (
    select
        contested_events.*,
        min(ingest_date) over (
            partition by record_key
            order by
                transaction_datetime desc, recorded_at desc, content desc,
                load_id desc, source_file desc, source_row desc
            rows between unbounded preceding and 1 preceding
        ) as outranked_on,
        row_number() over (
            partition by record_key, content
            order by recorded_at, load_id, source_file, source_row
        ) > 1 as is_repeated,
        min(content) over (partition by record_key, transaction_datetime)
        <> max(content) over (partition by record_key, transaction_datetime) as is_conflict,
        content = first_value(content) over (
            partition by record_key
            order by
                transaction_datetime desc, recorded_at desc, content desc,
                load_id desc, source_file desc, source_row desc
        ) as is_winning
    from contested_events
),

ranked_history as (
    select
        {{ columns | join(',\n        ') }},
        outranked_on,
        is_repeated,
        is_conflict,
        outranked_on is null as is_winning
    from uncontested_history
    union all
    select
        {{ columns | join(',\n        ') }},
        outranked_on,
        is_repeated,
        is_conflict,
        is_winning
    from contested_history
),

history as (
    select
        {{ columns | reject('equalto', 'flags') | join(',\n        ') }},
        case
            when is_conflict then coalesce(flags || ',', '') || 'conflict'
            else flags
        end as flags,
        case
            when is_repeated then 'repeated'
            when is_winning then 'current'
            else 'superseded'
        end as row_status,
        case
            when outranked_on is null or outranked_on > ingest_date then cast(ingest_date as date)
        end as known_from,
        case
            when outranked_on > ingest_date then cast(outranked_on as date)
        end as known_to
    from ranked_history
)
{%- endmacro %}
