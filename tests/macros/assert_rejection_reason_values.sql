-- The first reason of the reference list that holds is named, whatever order the dict has: of
-- several conditions under one code any is enough, and a null condition does not hold.

with example as (
    select listed.*
    from (
        values
        (0, null),
        (1, 'missing_key'),
        (2, 'unparsable_key'),
        (3, 'unparsable_timestamp'),
        (4, 'unparsable_date'),
        (5, 'unparsable_number'),
        (6, 'unparsable_amount'),
        (7, 'amount_out_of_range'),
        (8, 'amount_out_of_range'),
        (9, null),
        (cast(null as integer), null)
    ) as listed (given, expected)
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
    select listed.*
    from (
        values
        ('state', 1, 'unparsable_date'),
        ('before', 1, 'unparsable_date'),
        ('state', 2, null),
        ('delete', 1, null),
        ('delete', 2, 'missing_key'),
        (null, 2, 'unknown_operation')
    ) as listed (row_operation, given, expected)
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
