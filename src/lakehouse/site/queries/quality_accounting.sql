-- What became of the rows of each day; the states of a day add up to what was received.
with state as (
    select
        domain,
        ingest_date,
        unnest([
            {'row_state': 'current', 'row_count': current_count},
            {'row_state': 'superseded', 'row_count': superseded_count},
            {'row_state': 'deleted', 'row_count': deleted_count},
            {'row_state': 'repeated', 'row_count': repeated_count},
            {'row_state': 'waiting', 'row_count': waiting_count},
            {'row_state': 'rejected', 'row_count': rejected_count}
        ], recursive := true)
    from quality.fct_quality__row_accounting
)

select
    domain,
    ingest_date,
    row_state,
    sum(row_count) as row_count
from state
group by all
having sum(row_count) > 0
order by domain asc, ingest_date desc, row_state asc
