-- For every day D and bucket: the ledger summed to D = fct_commerce__gmv_daily valid on D = the
-- versions in force on D, computed directly. Asked on every day on which a version opened or the
-- ledger posted: between two such days nothing can differ.

with day_of_posting as (
    select posted_on from {{ ref('fct_commerce__gmv_movement') }}
    union
    select known_from as posted_on from {{ ref('fct_commerce__purchase_version') }}
),

by_ledger as (
    select
        day_of_posting.posted_on,
        ledger.gmv_date,
        ledger.subsidiary,
        cast(sum(ledger.movement_amount) as decimal(18, 2)) as gmv_amount,
        cast(sum(ledger.purchase_count_change) as bigint) as purchase_count
    from day_of_posting
    inner join {{ ref('fct_commerce__gmv_movement') }} as ledger
        on day_of_posting.posted_on >= ledger.posted_on
    group by day_of_posting.posted_on, ledger.gmv_date, ledger.subsidiary
    having sum(ledger.purchase_count_change) <> 0
),

by_daily as (
    select
        day_of_posting.posted_on,
        daily.gmv_date,
        daily.subsidiary,
        daily.gmv_amount,
        daily.purchase_count
    from day_of_posting
    inner join {{ ref('fct_commerce__gmv_daily') }} as daily
        on {{ state_holds('daily', 'day_of_posting.posted_on') }}
    where daily.purchase_count <> 0
),

version as (
    select
        known_from,
        known_to,
        {{ gmv_date_column() }} as gmv_date,
        subsidiary,
        {{ gmv_amount() }} as gmv_amount
    from {{ ref('fct_commerce__purchase_version') }}
),

by_version as (
    select
        day_of_posting.posted_on,
        version.gmv_date,
        version.subsidiary,
        cast(sum(version.gmv_amount) as decimal(18, 2)) as gmv_amount,
        cast(count(*) as bigint) as purchase_count
    from day_of_posting
    inner join version
        on {{ state_holds('version', 'day_of_posting.posted_on') }}
    where version.gmv_amount is not null
    group by day_of_posting.posted_on, version.gmv_date, version.subsidiary
),

difference as (
    (
        select * from by_ledger
        except
        select * from by_version
    )
    union all
    (
        select * from by_version
        except
        select * from by_ledger
    )
    union all
    (
        select * from by_daily
        except
        select * from by_version
    )
    union all
    (
        select * from by_version
        except
        select * from by_daily
    )
)

select * from difference
