-- Keys in alphabetical order whatever order is asked for: nulls stay null, an empty text stays
-- empty: a masked column shows that a value was given and never which. Columns that nobody declared
-- are one masked value, and no value of a row that has none. What says what was done is shown.

with example as (
    select
        'x' as b_text,
        '1' as a_text,
        'Ana' as c_text,
        nullif('', '') as rescued_data,
        '{"a":"1","b":"x","c":"***"}' as expected
    union all select
        nullif('', ''),
        '',
        nullif('', ''),
        nullif('', ''),
        '{"a":"","b":null,"c":null}'
    union all select
        'say ' || chr(34) || 'x' || chr(34),
        'é',
        '',
        nullif('', ''),
        '{"a":"é","b":"say ' || chr(92) || chr(34) || 'x' || chr(92) || chr(34) || '","c":"***"}'
    union all select
        'x',
        '1',
        'Ana',
        '{"z":"2"}',
        '{"a":"1","b":"x","c":"***","rescued_data":"***"}'
),

answered as (
    select
        a_text,
        b_text,
        expected,
        {{ row_as_json(['c', 'b', 'a'], masked=['c']) }} as actual,
        {{ row_as_json(['c'], masked=['c'], operation={'column': 'b', 'time': 'a'}) }}
            as actual_of_change
    from example
)

select * from answered
where
    actual is distinct from expected
    or actual_of_change is distinct from expected
