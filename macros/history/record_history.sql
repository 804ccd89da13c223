{#
    record_history(received, columns, content, has_operations) -> CTEs: `event`, …, the last of them `record`
    received: CTE of received rows, complete for each record_key it holds, with load_id and source_file
    besides the columns; columns: those to keep (`record_columns`); content: [name, kind] of the business
    columns in the order of the contract, as in `row_content`; has_operations: the rows say what was
    done to a record, in the column `row_operation` (`row_operation`).

    `event` has every row without a reason, what was before a change included: such a row ties an item to its
    purchase, too.
    `record` has every row of `received` with the columns to keep and
      row_status   `rejected` if it has a reason; `repeated` if an earlier received row of the record has
                   the same content; `current` if its content is that of the record's greatest event,
                   `deleted` if that is a deletion; else `superseded`;
      known_from   first day on which it was the state of its record, null if it never was;
      known_to     first day on which it no longer was, null if it still is (or never was);
      is_conflict  another state of the record has the same time and other content;
      ranked_at    the time by which it ranks: that of the event, or, of an event in the future
                   (`is_event_in_future`), the end of the day on which its content first came.
    The state of a record as known on day D is its greatest event among those with ingest_date <= D, by
    ranked_at, recorded_at, content, load_id, source_file, source_row. Of the rows of one load that tie in the
    first two the last one speaks for the load: its content ranks the load, and it alone can be the state.
    An event is outranked on the first day on which a greater one was known, and was the state only if
    that day is not its own.
    A deletion takes its place among the events and is the state on no day: what it outranks ends on its
    day. It has a content of its own by a leading mark that begins no row, and ranks before `recorded_at`
    does: of loads of one time it outranks those that a state speaks for. What a record was before a
    change is superseded and has no place.

    Content decides only between events of one instant, so only records that have such a pair pay for it:
    sorting every row by its whole content costs twice the time and three times the memory.
#}
{% macro record_history(received, columns, content, has_operations=false) -%}
{%- set ranking -%}
    ranked_at desc,
    {%- if has_operations %} case when substr(load_content, 1, 1) = chr(31) then 0 else 1 end,{% endif %}
    recorded_at desc, load_content desc,
    load_id desc, source_file desc, source_row desc
{%- endset -%}
{%- set placed = 'placed_event' if has_operations else 'event' -%}
event as {{ not_materialized() }} (
    select *
    from {{ received }}
    where reason_code is null
),

{% if has_operations -%}
{#- Not a condition of `event`: an item of which only what was before is known waits for its purchase. -#}
placed_event as (
    select * from event
    where row_operation <> 'before'
),

{% endif -%}
contested_record as (
    select distinct record_key
    from (
        select record_key
        from {{ placed }}
        group by record_key, transaction_datetime
        having
            count(*) > 1
            or bool_or({{ is_event_in_future('transaction_datetime', 'ingest_date') }})
    ) as tied
),

uncontested_event as (
    select
        event.*,
        min(ingest_date) over (
            partition by record_key order by transaction_datetime desc
            rows between unbounded preceding and 1 preceding
        ) as outranked_on,
        transaction_datetime as ranked_at,
        false as is_repeated,
        false as is_conflict
    from {{ placed }} as event
    where not exists (
        select 1 from contested_record
        where contested_record.record_key = event.record_key
    )
),

compared_event as (
    select
        event.*,
        {{ "case when row_operation = 'delete' then chr(31) else '' end || " if has_operations }}
        {{- row_content(content) }} as content
    from {{ placed }} as event
    where exists (
        select 1 from contested_record
        where contested_record.record_key = event.record_key
    )
),

timed_event as (
    select
        compared_event.*,
        case
            when {{ is_event_in_future('transaction_datetime', 'ingest_date') }}
                then {{ as_timestamp(
                    "cast(min(ingest_date) over (partition by record_key, content) as "
                    ~ dbt.type_string() ~ ") || ' 23:59:59.999999'"
                ) }}
            else transaction_datetime
        end as ranked_at
    from compared_event
),

spoken_event as (
    select
        timed_event.*,
        last_value(content) over (
            partition by record_key, ranked_at, recorded_at, load_id
            order by source_file, source_row
            rows between unbounded preceding and unbounded following
        ) as load_content
    from timed_event
),

contested_event as (
    select
        spoken_event.*,
        min(ingest_date) over (
            partition by record_key
            order by {{ ranking }}
            rows between unbounded preceding and 1 preceding
        ) as outranked_on,
        row_number() over (
            partition by record_key, content
            order by recorded_at, load_id, source_file, source_row
        ) > 1 as is_repeated,
        {% if has_operations -%}
        row_operation <> 'delete'
        and min(case when row_operation <> 'delete' then content end)
            over (partition by record_key, transaction_datetime)
        <> max(case when row_operation <> 'delete' then content end)
            over (partition by record_key, transaction_datetime) as is_conflict,
        {%- else -%}
        min(content) over (partition by record_key, transaction_datetime)
        <> max(content) over (partition by record_key, transaction_datetime) as is_conflict,
        {%- endif %}
        content = first_value(content) over (
            partition by record_key
            order by {{ ranking }}
        ) as is_winning
    from spoken_event
),

ranked_event as (
    select
        {{ columns | join(',\n        ') }},
        ranked_at,
        outranked_on,
        is_repeated,
        is_conflict,
        outranked_on is null as is_winning
    from uncontested_event
    union all
    select
        {{ columns | join(',\n        ') }},
        ranked_at,
        outranked_on,
        is_repeated,
        is_conflict,
        is_winning
    from contested_event
),

record as (
    select
        {{ columns | join(',\n        ') }},
        case
            when is_repeated then 'repeated'
            {{ "when is_winning and row_operation = 'delete' then 'deleted'" if has_operations }}
            when is_winning then 'current'
            else 'superseded'
        end as row_status,
        case
            {{ "when row_operation = 'delete' then null" if has_operations }}
            when outranked_on is null or outranked_on > ingest_date then ingest_date
        end as known_from,
        case
            when {{ "row_operation <> 'delete' and " if has_operations }}outranked_on > ingest_date then outranked_on
        end as known_to,
        is_conflict,
        ranked_at
    from ranked_event
    union all
    select
        {{ columns | join(',\n        ') }},
        {{ "case when reason_code is null then 'superseded' else 'rejected' end" if has_operations else "'rejected'" }} as row_status,
        cast(null as date) as known_from,
        cast(null as date) as known_to,
        cast(false as boolean) as is_conflict,
        transaction_datetime as ranked_at
    from {{ received }}
    where reason_code is not null{{ " or row_operation = 'before'" if has_operations }}
)
{%- endmacro %}
