-- Judged by the last complete extract of a day: it fails if it ended three records or more, and
-- more than the share, of those in force the day before. What is back at the end of the day has not
-- ended: an extract with an unreadable key, or that knows less than an earlier one, ends nothing.

{% set max_share = 0.2 %}

with load as (
    select
        cast(listed.load_key as bigint) as load_key,
        'e' as entity,
        listed.load_id
    from (
        values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e'), (6, 'f'), (60, 'f')
    ) as listed (load_key, load_id)
),

decision as (
    select
        'accept' as decision,
        'e' as entity,
        'e' as load_id
    union all select 'accept', 'other', 'b'
    union all select 'withdraw', 'e', 'b'
),

reflected as (
    select cast(6 as bigint) as load_key
    union all select cast(60 as bigint)
),

-- scope, load_key, day, hour, is whole, knows, and of each row: key, known_from, known_to
example as (
    {% set deliveries = [
        ('ten', 1, 1, 8, true, 0, [
            ('k0', 1, none), ('k1', 1, none), ('k2', 1, none), ('k3', 1, none), ('k4', 1, none),
            ('k5', 1, none), ('k6', 1, none), ('k7', 1, 2), ('k8', 1, 2), ('k9', 1, 2),
        ]),
        ('ten', 2, 2, 8, true, 0, [('k0', none, none)]),
        ('ten', 4, 2, 7, true, 0, [('k0', none, none)]),
        ('ten', 3, 3, 8, true, 0, [('k7', 3, none), ('k8', 3, none)]),
        ('two', 1, 1, 8, true, 0, [('l0', 1, 2), ('l1', 1, 2), ('l2', 1, none)]),
        ('two', 2, 2, 8, true, 0, [('l2', none, none)]),
        ('part', 1, 1, 8, true, 0, [('m0', 1, 2), ('m1', 1, 2), ('m2', 1, 2)]),
        ('part', 2, 2, 8, false, 0, [('m0', 2, none), ('m1', 2, none), ('m2', 2, none)]),
        ('many', 1, 1, 8, true, 0, [
            ('n0', 1, none), ('n1', 1, none), ('n2', 1, none), ('n3', 1, none), ('n4', 1, none),
            ('n5', 1, none), ('n6', 1, none), ('n7', 1, none), ('n8', 1, none), ('n9', 1, none),
            ('na', 1, none), ('nb', 1, none), ('nc', 1, 2), ('nd', 1, 2), ('ne', 1, 2),
        ]),
        ('many', 2, 2, 8, true, 0, [('n0', none, none)]),
        ('less', 1, 1, 8, true, 1, [('o0', 1, 3), ('o1', 1, 3), ('o2', 1, 3), ('o3', 1, none)]),
        ('less', 4, 3, 8, true, 1, [('o3', none, none)]),
        ('less', 3, 3, 9, true, 0, [('o0', none, none)]),
        ('less', 2, 3, 10, true, 1, [(none, none, none)]),
        ('seen', 1, 1, 8, true, 0, [('p0', 1, 5), ('p1', 1, 5), ('p2', 1, 5)]),
        ('seen', 5, 5, 8, true, 0, [('p3', 5, none)]),
        ('held', 1, 1, 8, true, 0, [('q0', 1, 6), ('q1', 1, 6), ('q2', 1, 6)]),
        ('held', 6, 6, 8, true, 0, [('q3', 6, none)]),
        ('held', 60, 6, 8, true, 0, [('q4', 6, none)]),
        ('same', 1, 1, 8, true, 0, [('s0', 1, 2), ('s1', 1, 2), ('s2', 1, 2)]),
        ('same', 2, 2, 8, true, 0, [('s0', 2, none), ('s1', 2, none), ('s2', 2, none)]),
        ('rest', 1, 1, 8, true, 0, [('r0', 1, 2), ('r1', 1, 2), ('r2', 1, 3), ('r3', 1, 3)]),
        ('rest', 4, 2, 8, true, 0, [('r2', none, none), ('r3', none, none)]),
        ('rest', 3, 3, 8, true, 0, [('r9', 3, none)]),
    ] %}
    select
        listed.extract_scope,
        cast(listed.load_key as bigint) as load_key,
        cast('2024-01-0' || listed.day as date) as ingest_date,
        listed.recorded_at,
        listed.is_full_extract,
        listed.precedence,
        nullif(listed.record_key, '') as record_key,
        cast('2024-01-0' || nullif(listed.known_from, '') as date) as known_from,
        cast('2024-01-0' || nullif(listed.known_to, '') as date) as known_to
    from (
        values
        {% for scope, load_key, day, hour, is_whole, precedence, rows in deliveries %}
        {% set outer = loop %}
        {% for key, known_from, known_to in rows %}
        (
            '{{ scope }}', {{ load_key }}, '{{ day }}', {{ hour }}, {{ is_whole }},
            {{ precedence }}, '{{ key or '' }}',
            '{{ known_from or '' }}',
            '{{ known_to or '' }}'
        ){{ ',' if not (loop.last and outer.last) }}
        {% endfor %}
        {% endfor %}
    ) as listed (
        extract_scope, load_key, day, recorded_at, is_full_extract, precedence,
        record_key, known_from, known_to
    )
),

found as (
    {{ ended_extracts('example', 'load', 'decision', max_share, 'precedence', 'reflected') }}
),

answered as (
    select
        extract_scope || ' ' || load_id || ' ' || cast(ingest_date as {{ dbt.type_string() }})
        || ' ' || cast(ended_count as {{ dbt.type_string() }})
        || '/' || cast(held_count as {{ dbt.type_string() }}) as answer
    from found
),

expected as (
    select 'ten b 2024-01-02 3/10' as answer
    union all select 'less d 2024-01-03 3/4'
)

select
    expected.answer as expected,
    answered.answer as actual
from expected
full outer join answered on expected.answer = answered.answer
where expected.answer is null or answered.answer is null
