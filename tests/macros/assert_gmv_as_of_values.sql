-- The sample docs/domains/commerce.md#cancellation-sample, asked for 7 and 10 January: 300 is what
-- we knew on the 7th, and stays so after the 10th. The tables are replaced by rows of the sample,
-- and by notes of runs: of those that passed that of the 10th is the last, so the 10th is open.

{% set table = ref('fct_commerce__gmv_daily') | string %}
{% set notes = reflected_run_relation() | string if execute else 'none' %}

with known as (
    select listed.*
    from (
        values
        (
            date '2024-01-02', 'nacional', date '2024-01-02', date '2024-01-10',
            cast(300 as decimal(18, 2)), cast(2 as bigint)
        ),
        (date '2024-01-02', 'nacional', date '2024-01-10', cast(null as date), 100.00, 1),
        (date '2024-01-06', 'nacional', date '2024-01-10', cast(null as date), 150.00, 1),
        (date '2024-02-01', 'nacional', date '2024-01-10', cast(null as date), 70.00, 1),
        (date '2024-01-02', 'unknown', date '2024-01-03', cast(null as date), 0.00, 0)
    ) as listed (gmv_date, subsidiary, known_from, known_to, gmv_amount, purchase_count)
),

noted as (
    select listed.*
    from (
        values
        (cast(1 as bigint), 'begun', '2024-01-09'),
        (1, 'passed', '2024-01-09'),
        -- A clock that went ahead, and then back.
        (2, 'begun', '2024-02-28'),
        (2, 'passed', '2024-02-28'),
        (10, 'begun', '2024-01-10'),
        (10, 'passed', '2024-01-10'),
        (11, 'begun', '2024-01-11')
    ) as listed (run_number, state, run_date)
),

never_passed as (
    select * from noted
    where state = 'begun'
),

answered as (
    {% for asked, day, month, runs in [
        ('1 January', '2024-01-01', none, 'noted'),
        ('7 January', '2024-01-07', none, 'noted'),
        ('9 January', '2024-01-09', none, 'noted'),
        ('10 January', '2024-01-10', '2024-01', 'noted'),
        ('none passed', '2024-01-07', none, 'never_passed'),
    ] -%}
    select
        '{{ asked }}' as asked,
        answer.*
    from ({{ gmv_as_of(day, month) | replace(table, 'known') | replace(notes, runs) }}) as answer
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

expected as (
    select
        listed.asked,
        listed.gmv_date,
        listed.subsidiary,
        listed.gmv_amount,
        listed.purchase_count,
        listed.is_final
    from (
        values
        (
            '7 January', date '2024-01-02', 'nacional', cast(300 as decimal(18, 2)),
            cast(2 as bigint), true
        ),
        ('9 January', date '2024-01-02', 'nacional', 300.00, 2, true),
        ('10 January', date '2024-01-02', 'nacional', 100.00, 1, false),
        ('10 January', date '2024-01-06', 'nacional', 150.00, 1, false),
        ('none passed', date '2024-01-02', 'nacional', 300.00, 2, false)
    ) as listed (asked, gmv_date, subsidiary, gmv_amount, purchase_count, is_final)
)

select 'missing' as difference, missing.*
from (select * from expected except select * from answered) as missing
union all
select 'unexpected' as difference, unexpected.*
from (select * from answered except select * from expected) as unexpected
