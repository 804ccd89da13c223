-- The first reason of the reference list that holds is named, whatever order the dict has: of
-- several conditions under one code any is enough, and a null condition does not hold.

with example as (
    select 0 as given, nullif('', '') as expected
    union all select 1, 'missing_key'
    union all select 2, 'unparsable_key'
    union all select 3, 'unparsable_timestamp'
    union all select 4, 'unparsable_date'
    union all select 5, 'unparsable_number'
    union all select 6, 'unparsable_amount'
    union all select 7, 'amount_out_of_range'
    union all select 8, 'amount_out_of_range'
    union all select 9, nullif('', '')
    union all select cast(null as integer), nullif('', '')
),

answered as (
    select
        given,
        expected,
        {{ rejection_reason({
            'amount_out_of_range': ['given between 1 and 7', 'given = 8'],
            'unparsable_amount': ['given between 1 and 6'],
            'unparsable_number': ['given between 1 and 5'],
            'unparsable_date': ['given between 1 and 4'],
            'unparsable_timestamp': ['given between 1 and 3'],
            'unparsable_key': ['given between 1 and 2'],
            'missing_key': ['given = 1'],
        }) }} as actual
    from example
),

-- What was done to a row comes first: of a deletion only what is asked of deletions counts.
change as (
    select 'state' as row_operation, 1 as given, 'unparsable_date' as expected
    union all select 'before', 1, 'unparsable_date'
    union all select 'state', 2, nullif('', '')
    union all select 'delete', 1, nullif('', '')
    union all select 'delete', 2, 'missing_key'
    union all select nullif('', ''), 2, 'unknown_operation'
),

answered_change as (
    select
        given,
        expected,
        {{ rejection_reason(
            {'unparsable_date': ['given = 1']}, of_deletions={'missing_key': ['given = 2']}
        ) }} as actual
    from change
)

select * from answered
where actual is distinct from expected
union all
select * from answered_change
where actual is distinct from expected
