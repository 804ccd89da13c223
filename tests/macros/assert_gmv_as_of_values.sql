-- The sample docs/domains/commerce.md#cancellation-sample, asked for 7 and 10 January: 300 is what
-- we knew on the 7th, and stays so after the 10th. The table is replaced by its rows of the sample.

{% set table = ref('fct_commerce__gmv_daily') | string %}

with known as (
    select
        date '2024-01-02' as gmv_date,
        'nacional' as subsidiary,
        date '2024-01-02' as known_from,
        date '2024-01-10' as known_to,
        cast(300 as decimal(18, 2)) as gmv_amount,
        cast(2 as bigint) as purchase_count
    union all select date '2024-01-02', 'nacional', date '2024-01-10', cast(null as date), 100.00, 1
    union all select date '2024-01-06', 'nacional', date '2024-01-10', cast(null as date), 150.00, 1
    union all select date '2024-02-01', 'nacional', date '2024-01-10', cast(null as date), 70.00, 1
    union all select date '2024-01-02', 'unknown', date '2024-01-03', cast(null as date), 0.00, 0
),

answered as (
    select
        '2024-01-01' as given,
        answer.*
    from ({{ gmv_as_of('2024-01-01') | replace(table, 'known') }}) as answer
    union all
    select
        '2024-01-07' as given,
        answer.*
    from ({{ gmv_as_of('2024-01-07') | replace(table, 'known') }}) as answer
    union all
    select
        '2024-01-10' as given,
        answer.*
    from ({{ gmv_as_of('2024-01-10', '2024-01') | replace(table, 'known') }}) as answer
),

expected as (
    select
        '2024-01-07' as given,
        date '2024-01-02' as gmv_date,
        'nacional' as subsidiary,
        cast(300 as decimal(18, 2)) as gmv_amount,
        cast(2 as bigint) as purchase_count
    union all select '2024-01-10', date '2024-01-02', 'nacional', 100.00, 1
    union all select '2024-01-10', date '2024-01-06', 'nacional', 150.00, 1
)

select 'missing' as difference, missing.*
from (select * from expected except select * from answered) as missing
union all
select 'unexpected' as difference, unexpected.*
from (select * from answered except select * from expected) as unexpected
