-- A file without the column holds states: an empty code says nothing, nor does an unknown one
-- or one in another case. Inserts and updates are one thing.

{% set operation = {
    'column': 'op',
    'insert': ['I', 'c'],
    'update': ['U', 'update_postimage'],
    'delete': ['D', 'true'],
    'before': ['update_preimage'],
} %}
{% set least = {'column': 'op', 'delete': ['D']} %}

with example as (
    select 'I' as op, 'state' as expected
    union all select 'c', 'state'
    union all select 'U', 'state'
    union all select 'update_postimage', 'state'
    union all select 'D', 'delete'
    union all select 'true', 'delete'
    union all select 'update_preimage', 'before'
    union all select nullif('', ''), 'state'
    union all select ' D' || chr(160), 'delete'
    union all select '', nullif('', '')
    union all select ' ', nullif('', '')
    union all select 'NULL', nullif('', '')
    union all select 'd', nullif('', '')
    union all select 'ID', nullif('', '')
),

answered as (
    select
        op,
        expected,
        {{ row_operation(operation) }} as actual,
        case when expected = 'delete' and op <> 'true' or op is null then expected end
            as least_expected,
        {{ row_operation(least) }} as least_actual
    from example
)

select * from answered
where
    actual is distinct from expected
    or least_actual is distinct from least_expected
