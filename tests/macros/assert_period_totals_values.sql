-- Totals of months with a gap, a tie, a return and a month that adds up to nothing: then of two
-- members within the months, where a month's change is against the same member's.

with sale as (
    select
        listed.id_member,
        listed.data_venda,
        cast(listed.venda as decimal(12, 2)) as venda
    from (
        values
        (1, date '2023-01-05', 30.00),
        (1, date '2023-01-31', 20.00),
        (2, date '2023-01-31', 50.00),
        (1, date '2023-02-01', 100.00),
        (2, date '2023-02-03', -70.00),
        (2, date '2023-02-28', 70.00),
        (1, date '2023-04-01', 1.00),
        (1, date '2023-05-01', -0.01)
    ) as listed (id_member, data_venda, venda)
),

expected_of_all as (
    -- The columns below, in their order.
    select
        date '2023-01-01' as period_start,
        '3|100.00|33.333333|0.497537|1|-|-' as expected
    union all select date '2023-02-01', '3|100.00|33.333333|0.497537|2|0.00|0.000000'
    union all select date '2023-04-01', '1|1.00|1.000000|0.004975|3|-|-'
    union all select date '2023-05-01', '1|-0.01|-0.010000|-0.000050|4|-1.01|-1.010000'
),

expected_by_member as (
    select listed.*
    from (
        values
        (date '2023-01-01', 1, '2|50.00|25.000000|0.500000|1|-|-'),
        (date '2023-01-01', 2, '1|50.00|50.000000|0.500000|2|-|-'),
        (date '2023-02-01', 1, '1|100.00|100.000000|1.000000|1|50.00|1.000000'),
        (date '2023-02-01', 2, '2|0.00|0.000000|0.000000|2|-50.00|-1.000000'),
        (date '2023-04-01', 1, '1|1.00|1.000000|1.000000|1|-|-'),
        (date '2023-05-01', 1, '1|-0.01|-0.010000|-|1|-1.01|-1.010000')
    ) as listed (period_start, id_member, expected)
),

{% set columns = [
    'venda_count', 'total_amount', 'media_venda', 'participacao_ratio', 'posicao',
    'variacao_amount', 'variacao_ratio',
] %}
{% set as_text = " as " ~ dbt.type_string() ~ "), '-')" %}
{% set between = as_text ~ " || '|' || coalesce(cast(" %}
{% set described = "coalesce(cast(" ~ columns | join(between) ~ as_text %}

actual_of_all as (
    select
        period_start,
        {{ described }} as actual
    from (
        with {{ period_totals('sale', 'month') }}

        select * from period_totals
    ) as period_totals
),

actual_by_member as (
    select
        period_start,
        id_member,
        {{ described }} as actual
    from (
        with {{ period_totals('sale', 'month', member='id_member') }}

        select * from period_totals
    ) as period_totals
),

compared as (
    select
        'all' as tested,
        expected_of_all.period_start,
        expected_of_all.expected,
        actual_of_all.actual
    from expected_of_all
    full outer join actual_of_all
        on expected_of_all.period_start = actual_of_all.period_start
    union all
    select
        'by member' as tested,
        expected_by_member.period_start,
        expected_by_member.expected,
        actual_by_member.actual
    from expected_by_member
    full outer join actual_by_member
        on
            expected_by_member.period_start = actual_by_member.period_start
            and expected_by_member.id_member = actual_by_member.id_member
)

select * from compared
where actual is distinct from expected
