-- What became of the rows of each day; the states of a day add up to what was received.
with state as (
    select
        domain,
        ingest_date,
        unnest([
            struct_pack(name := 'current', row_count := current_count),
            struct_pack(name := 'superseded', row_count := superseded_count),
            struct_pack(name := 'deleted', row_count := deleted_count),
            struct_pack(name := 'repeated', row_count := repeated_count),
            struct_pack(name := 'waiting', row_count := waiting_count),
            struct_pack(name := 'rejected', row_count := rejected_count)
        ]) as counted
    from quality.fct_quality__row_accounting
)

select
    state.domain,
    state.ingest_date,
    state.counted.name as row_state,
    sum(state.counted.row_count) as row_count
from state
group by all
having sum(state.counted.row_count) > 0
order by state.domain asc, state.ingest_date desc, row_state asc
