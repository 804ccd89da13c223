{#
    extract_history(received, delivered, columns, content, precedence) -> CTEs, the last of them `record`
    received: CTE of the received rows of the records to compute, rejected ones included, with load_id and
    source_file besides the columns; delivered: CTE of every received row of the same scopes, for what a
    delivery held; columns: those to keep (`record_columns`), among them extract_scope (text: what a full
    extract replaces whole, such as one session; 'all' for a whole entity; a record_key belongs to one
    scope) and is_full_extract; content: [name, kind] of the business columns, as in `row_content`;
    precedence: column that says how much a delivery knows, the greater the more, or none.

    For sources that deliver states instead of events. A delivery is one load of one scope on one day.
    The newest delivery that holds a record gives its state, within it the last line; a full extract that
    does not hold the record ends it. Two caveats:
      - a rejected row with a readable key keeps its record as it was: the record is not gone;
      - a full extract in which one key is unreadable ends nothing: nobody knows which record that is.
    With `precedence`, a delivery never overrides an earlier one of its scope that has a higher one.

    `record` has every row of `received` with the columns to keep and
      row_status   `rejected` if it has a reason; `repeated` if an earlier received row of the record has
                   the same content; else `current` if the record's state is its content; `deleted` if
                   the record is gone and this was its last state; else `superseded`;
      known_from   first day at whose end the row began to be the state of its record, null if it never
                   did: a row that only confirms the state before it has none;
      known_to     first day at whose end the state was another or gone, null if it still holds;
      is_conflict  another row of the record in one delivery has other content.
#}
{% macro extract_history(received, delivered, columns, content, precedence=none) -%}
{{ extract_deliveries(delivered, precedence) }},

-- The next extract that is complete: where a record that it does not hold is gone.
ordered_delivery as (
    select
        numbered_delivery.*,
        min(case when is_complete and is_effective then delivery_number end) over (
            partition by extract_scope order by delivery_number
            rows between 1 following and unbounded following
        ) as next_complete_number,
        {{ next_value_known('case when is_complete and is_effective then ingest_date end') }} over (
            partition by extract_scope order by delivery_number
            rows between 1 following and unbounded following
        ) as next_complete_date
    from numbered_delivery
),

delivered_row as (
    -- What places a row. The columns to keep are joined to their places, not sorted with them.
    select
        {%- for column in ['load_key', 'source_row', 'record_key', 'load_id', 'source_file', 'ingest_date', 'recorded_at'] %}
        {{ received }}.{{ column }},
        {%- endfor %}
        {{ row_content(content) }} as content,
        {{ received }}.reason_code is null as is_accepted,
        ordered_delivery.delivery_number,
        ordered_delivery.next_complete_number,
        ordered_delivery.next_complete_date,
        ordered_delivery.is_effective
    from {{ received }}
    inner join ordered_delivery
        on
            {{ received }}.extract_scope = ordered_delivery.extract_scope
            and {{ received }}.load_id = ordered_delivery.load_id
            and {{ received }}.ingest_date = ordered_delivery.ingest_date
    where {{ received }}.record_key is not null
),

-- `is_effective` is the same for all rows of a delivery, so these windows need not ask for it.
ranked_row as (
    select
        delivered_row.*,
        row_number() over (
            partition by record_key, delivery_number, is_accepted
            order by source_file desc, source_row desc
        ) as line_rank,
        row_number() over (
            partition by record_key, delivery_number
            order by is_accepted desc, source_file desc, source_row desc
        ) as delivery_line_rank,
        row_number() over (
            partition by record_key, is_accepted, content
            order by recorded_at, load_id, source_file, source_row
        ) > 1 as is_repeated,
        min(content) over (partition by record_key, delivery_number, is_accepted)
        <> max(content) over (partition by record_key, delivery_number, is_accepted)
            as is_conflict,
        min(case when is_effective then delivery_number end) over (
            partition by record_key order by delivery_number
            range between 1 following and unbounded following
        ) as next_number
    from delivered_row
),

-- Each row stands for itself, and one row of a record for its end, if the next complete extract
-- does not hold the record. In one set, because Athena works a CTE out again at every reference.
record_event as (
    select
        ranked_row.*,
        side.is_end,
        side.is_end or (ranked_row.is_effective and ranked_row.line_rank = 1) as is_state,
        case when not side.is_end then ranked_row.content end as state_content,
        case
            when side.is_end then ranked_row.next_complete_number
            else ranked_row.delivery_number
        end as event_number,
        case
            when side.is_end then ranked_row.next_complete_date
            else ranked_row.ingest_date
        end as event_date
    from ranked_row
    cross join (select false as is_end union all select true) as side
    where
        (not side.is_end and ranked_row.is_accepted)
        or (
            side.is_end
            and ranked_row.is_effective
            and ranked_row.delivery_line_rank = 1
            and ranked_row.next_complete_number < coalesce(
                ranked_row.next_number, ranked_row.next_complete_number + 1
            )
        )
),

ordered_event as (
    select
        record_event.*,
        lead(event_date) over (
            partition by record_key, is_state order by event_number
        ) as next_event_date,
        row_number() over (
            partition by record_key, is_state order by event_number desc
        ) as state_rank,
        row_number() over (
            partition by record_key, is_state, is_end order by event_number desc
        ) as rank_of_its_kind
    from record_event
),

daily_event as (
    select
        ordered_event.*,
        (is_state and next_event_date is distinct from event_date) as is_end_of_day
    from ordered_event
),

compared_event as (
    select
        daily_event.*,
        lag(state_content) over (
            partition by record_key, is_end_of_day order by event_number
        ) as previous_content,
        max(case when is_state and state_rank = 1 then state_content end) over (
            partition by record_key
        ) as current_content,
        max(case when is_state and not is_end and rank_of_its_kind = 1 then state_content end) over (
            partition by record_key
        ) as last_content
    from daily_event
),

marked_event as (
    select
        compared_event.*,
        (is_end_of_day and state_content is distinct from previous_content) as is_version
    from compared_event
),

version_event as (
    select
        marked_event.*,
        lead(event_date) over (
            partition by record_key, is_version order by event_number
        ) as ended_on
    from marked_event
),

placed_row as (
    select * from version_event
    where not is_end
),

record as (
    select
        {%- for column in columns %}
        {{ received }}.{{ column }},
        {%- endfor %}
        case
            when reason_code is not null then 'rejected'
            when is_repeated then 'repeated'
            when content = current_content then 'current'
            when current_content is null and content = last_content then 'deleted'
            else 'superseded'
        end as row_status,
        case when is_version then cast(event_date as date) end as known_from,
        case when is_version then cast(ended_on as date) end as known_to,
        coalesce(is_conflict, false) as is_conflict
    from {{ received }}
    left join placed_row
        on
            {{ received }}.load_key = placed_row.load_key
            and {{ received }}.source_row = placed_row.source_row
    where reason_code is not null or placed_row.load_key is not null
)
{%- endmacro %}
