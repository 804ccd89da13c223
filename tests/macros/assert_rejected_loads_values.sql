-- A load is judged with the loads of its day that arrived before it, without accepted ones: from
-- ten rows on by the share, from three on if all are rejected. Files of a load are one load, its
-- day is its first. A load that is held has no row: another has one if it fails, or if rows of it
-- are rejected.

with load as (
    {% set loads = [
        ('whole', '2024-01-01', 1), ('nine', '2024-01-02', 1), ('tenth', '2024-01-02', 2),
        ('two', '2024-01-03', 1), ('three', '2024-01-04', 1), ('seen', '2024-01-05', 1),
        ('after_seen', '2024-01-05', 2), ('held', '2024-01-06', 1), ('parts', '2024-01-07', 1),
        ('parts', '2024-01-08', 1), ('alone', '2024-01-08', 2), ('limit', '2024-01-09', 1),
    ] %}
    select
        cast(listed.load_key as bigint) as load_key,
        'e' as entity,
        listed.load_id,
        listed.ingest_date,
        listed.first_recorded_at
    from (
        values
        {% for load_id, day, hour in loads %}
        ({{ loop.index }}, '{{ load_id }}', '{{ day }}', {{ hour }}){{ ',' if not loop.last }}
        {% endfor %}
    ) as listed (load_key, load_id, ingest_date, first_recorded_at)
),

decision as (
    select
        'accept' as decision,
        'e' as entity,
        'seen' as load_id
    union all select 'withdraw', 'e', 'three'
    union all select 'accept', 'other', 'three'
),

reflected as (
    select cast(8 as bigint) as load_key
),

digit as (
    select listed.digit
    from (values ({{ range(10) | join('), (') }})) as listed (digit)
),

-- Load, reason of a rejection, and how many such rows it has.
example_count as (
    {% set rows = [
        (1, none, 50), (2, none, 8), (2, 'b', 1), (3, none, 1), (4, 'a', 2), (5, 'a', 3),
        (6, 'a', 90), (7, none, 99), (7, 'a', 1), (8, 'a', 90), (9, none, 5), (9, 'b', 1),
        (10, none, 3), (10, 'a', 2), (10, 'b', 1), (10, 'c', 1), (10, 'd', 1), (11, none, 4),
        (11, 'a', 1), (12, none, 198), (12, 'a', 2),
    ] %}
    select
        cast(listed.load_key as bigint) as load_key,
        nullif(listed.reason_code, '') as reason_code,
        listed.row_count
    from (
        values
        {% for load_key, reason, row_count in rows %}
        (
            {{ load_key }}, '{{ reason or '' }}', {{ row_count }}
        ){{ ',' if not loop.last }}
        {% endfor %}
    ) as listed (load_key, reason_code, row_count)
),

example as (
    select
        example_count.load_key,
        example_count.reason_code
    from example_count
    cross join digit as hundred
    cross join digit as ten
    cross join digit as one
    where 100 * hundred.digit + 10 * ten.digit + one.digit < example_count.row_count
),

found as (
    {{ rejected_loads('example', 'load', 'decision', 'reflected') }}
),

found_anew as (
    {{ rejected_loads('example', 'load', 'decision') }}
),

answered as (
    select
        load_id || ' ' || cast(severity as {{ dbt.type_string() }})
        || ' ' || cast(rejected_count as {{ dbt.type_string() }})
        || '/' || cast(row_count as {{ dbt.type_string() }})
        || ' ' || cast(day_rejected_count as {{ dbt.type_string() }})
        || '/' || cast(day_row_count as {{ dbt.type_string() }})
        || ' ' || coalesce(reasons, '-') as answer
    from found
    union all
    select 'anew ' || load_id as answer from found_anew
    where load_id = 'held'
),

expected as (
    select listed.*
    from (
        values
        ('nine 1 1/9 1/9 b 1'),
        ('tenth 2 0/1 1/10 -'),
        ('two 1 2/2 2/2 a 2'),
        ('three 2 3/3 3/3 a 3'),
        ('seen 1 90/90 0/0 a 90'),
        ('after_seen 1 1/100 1/100 a 1'),
        ('parts 2 6/14 6/14 a 2, b 2, c 1, …'),
        ('alone 1 1/5 1/5 a 1'),
        ('limit 1 2/200 2/200 a 2'),
        ('anew held')
    ) as listed (answer)
)

select
    expected.answer as expected,
    answered.answer as actual
from expected
full outer join answered on expected.answer = answered.answer
where expected.answer is null or answered.answer is null
