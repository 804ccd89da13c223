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
    select listed.*
    from (
        values
        ('I', 'state'),
        ('c', 'state'),
        ('U', 'state'),
        ('update_postimage', 'state'),
        ('D', 'delete'),
        ('true', 'delete'),
        ('update_preimage', 'before'),
        (null, 'state'),
        (' D' || chr(160), 'delete'),
        ('', null),
        (' ', null),
        ('NULL', null),
        ('d', null),
        ('ID', null)
    ) as listed (op, expected)
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
