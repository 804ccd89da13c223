-- The newest states of the purchases, added up per bucket, are today's GMV: the rankings read
-- the first, the analysts the second.

with by_purchase as (
    select
        gmv_date,
        subsidiary,
        cast(sum(gmv_amount) as decimal(18, 2)) as gmv_amount,
        cast(count(*) as bigint) as purchase_count
    from {{ ref('fct_commerce__purchase') }}
    where gmv_amount is not null
    group by gmv_date, subsidiary
),

gmv_current as (
    select
        gmv_date,
        subsidiary,
        gmv_amount,
        purchase_count
    from {{ ref('rpt_commerce__gmv_current') }}
)

(
    select * from by_purchase
    except
    select * from gmv_current
)
union all
(
    select * from gmv_current
    except
    select * from by_purchase
)
