{#
    extract_history(received, events, columns, content, precedence) -> CTEs, the last of them `history`
    received: CTE of every received row of the entity, rejected ones included; events: CTE of those of the
    records to compute (see `record_events`); columns: those to keep, among them record_key, load_id,
    source_file, source_row, ingest_date (text), recorded_at, flags; content: [name, kind] of the business
    columns, as in `row_content`; precedence: column that says how much a delivery knows, or none.

    For sources that deliver states instead of events. `received` has also extract_scope (text: what a
    full extract replaces whole, such as one session; 'all' for a whole entity; a record_key belongs to one
    scope) and is_full_extract.
    A delivery is one load of one scope on one day. The newest delivery that holds a record gives its
    state, within it the last line; a full extract that does not hold the record ends it. Two caveats:
      - a rejected row with a readable key keeps its record as it was: the record is not gone;
      - a full extract in which one key is unreadable ends nothing: nobody knows which record that is.
    With `precedence`, a delivery never overrides an earlier one of its scope that has a higher one.

    `history` has every accepted row of `events` with the columns to keep and
      row_status  `repeated` if an earlier received row of the record has the same content; else
                  `current` if the record's state is its content; `deleted` if the record is gone and
                  this was its last state; else `superseded`;
      known_from  first day at whose end the row began to be the state of its record, null if it never
                  did: a row that only confirms the state before it has none;
      known_to    first day at whose end the state was another or gone, null if it still holds;
      flags       with `conflict` where another row of the record in one delivery has other content.
#}
{% macro extract_history(received, events, columns, content, precedence=none) -%}
delivery as (
    select
        extract_scope,
        load_id,
        ingest_date,
        min(recorded_at) as delivered_at,
        bool_or(is_full_extract) and bool_and(record_key is not null) as is_complete,
        {{ 'max(' ~ precedence ~ ')' if precedence is not none else '0' }} as precedence
    from {{ received }}
    where extract_scope is not null
    group by extract_scope, load_id, ingest_date
),

numbered_delivery as (
    select
        delivery.*,
        row_number() over (
            partition by extract_scope order by delivered_at, load_id, ingest_date
        ) as delivery_number,
        coalesce(max(precedence) over (
            partition by extract_scope order by delivered_at, load_id, ingest_date
            rows between unbounded preceding and 1 preceding
        ), precedence) <= precedence as is_effective
    from delivery
),

ordered_delivery as (
    select
        numbered_delivery.*,
        min(case when is_complete and is_effective then delivery_number end) over (
            partition by extract_scope order by delivery_number
            rows between 1 following and unbounded following
        ) as next_complete_number
    from numbered_delivery
),

delivered_row as (
    select
        {{ events }}.*,
        {{ row_content(content) }} as content,
        ordered_delivery.delivery_number,
        ordered_delivery.next_complete_number,
        ordered_delivery.is_effective
    from {{ events }}
    inner join ordered_delivery
        on
            {{ events }}.extract_scope = ordered_delivery.extract_scope
            and {{ events }}.load_id = ordered_delivery.load_id
            and {{ events }}.ingest_date = ordered_delivery.ingest_date
    where {{ events }}.record_key is not null
),

accepted_row as (
    select
        delivered_row.*,
        row_number() over (
            partition by record_key, delivery_number
            order by source_file desc, source_row desc
        ) as line_rank,
        row_number() over (
            partition by record_key, content
            order by recorded_at, load_id, source_file, source_row
        ) > 1 as is_repeated,
        min(content) over (partition by record_key, delivery_number)
        <> max(content) over (partition by record_key, delivery_number) as is_conflict
    from delivered_row
    where reason_code is null
),

appearance as (
    select
        record_key,
        extract_scope,
        delivery_number,
        next_complete_number,
        lead(delivery_number) over (
            partition by record_key order by delivery_number
        ) as next_number
    from (
        select distinct record_key, extract_scope, delivery_number, next_complete_number
        from delivered_row
        where is_effective
    ) as seen
),

record_state as (
    select
        record_key,
        delivery_number,
        ingest_date,
        content,
        load_id,
        source_file,
        source_row
    from accepted_row
    where is_effective and line_rank = 1
    union all
    -- The record is gone: the next full extract does not hold it.
    select
        appearance.record_key,
        ordered_delivery.delivery_number,
        ordered_delivery.ingest_date,
        cast(null as {{ dbt.type_string() }}) as content,
        cast(null as {{ dbt.type_string() }}) as load_id,
        cast(null as {{ dbt.type_string() }}) as source_file,
        cast(null as bigint) as source_row
    from appearance
    inner join ordered_delivery
        on
            appearance.extract_scope = ordered_delivery.extract_scope
            and appearance.next_complete_number = ordered_delivery.delivery_number
    where appearance.next_number is null or appearance.next_number > appearance.next_complete_number
),

ordered_state as (
    select
        record_state.*,
        lead(ingest_date) over (
            partition by record_key order by delivery_number
        ) as next_ingest_date,
        row_number() over (
            partition by record_key order by delivery_number desc
        ) as state_rank,
        row_number() over (
            partition by record_key, case when content is null then 1 else 0 end
            order by delivery_number desc
        ) as rank_of_its_kind
    from record_state
),

state_at_end_of_day as (
    select
        ordered_state.*,
        lag(content) over (partition by record_key order by delivery_number) as previous_content
    from ordered_state
    where next_ingest_date is distinct from ingest_date
),

version as (
    select
        state_at_end_of_day.*,
        lead(ingest_date) over (partition by record_key order by delivery_number) as ended_on
    from state_at_end_of_day
    where content is distinct from previous_content
),

final_state as (
    select
        record_key,
        max(case when state_rank = 1 then content end) as current_content,
        max(case when rank_of_its_kind = 1 then content end) as last_content
    from ordered_state
    group by record_key
),

history as (
    select
        {%- for column in columns if column != 'flags' %}
        accepted_row.{{ column }},
        {%- endfor %}
        case
            when accepted_row.is_conflict
                then coalesce(accepted_row.flags || ',', '') || 'conflict'
            else accepted_row.flags
        end as flags,
        case
            when accepted_row.is_repeated then 'repeated'
            when accepted_row.content = final_state.current_content then 'current'
            when
                final_state.current_content is null
                and accepted_row.content = final_state.last_content
                then 'deleted'
            else 'superseded'
        end as row_status,
        cast(version.ingest_date as date) as known_from,
        cast(version.ended_on as date) as known_to
    from accepted_row
    left join final_state on accepted_row.record_key = final_state.record_key
    left join version
        on
            accepted_row.record_key = version.record_key
            and accepted_row.load_id = version.load_id
            and accepted_row.source_file = version.source_file
            and accepted_row.source_row = version.source_row
)
{%- endmacro %}
