-- Grain: one row per gmv_date, subsidiary and interval of knowledge [known_from, known_to):
-- exactly one row per ledger row. Computed from the movements of the purchases, not by adding to
-- a stored value, so that a partial run converges. A bucket that empties gets a closing row with
-- purchase_count 0.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['gmv_date', 'subsidiary', 'known_from'],
) }}

{% set key = ['gmv_date', 'subsidiary', 'known_from'] %}
{% set columns = [
    'gmv_date', 'subsidiary', 'known_from', 'known_to', 'is_current', 'gmv_amount', 'purchase_count',
] %}

{% set first_day = first_new_day() if is_incremental() %}

with purchase_movement as (
    select * from {{ ref('fct_commerce__purchase_movement') }}
),

{% if is_incremental() %}
touched_bucket as (
    select
        gmv_date,
        subsidiary
    from purchase_movement
    where posted_on >= {{ first_day }}
    union
    select
        gmv_date,
        subsidiary
    from {{ this }}
    where known_from >= {{ first_day }}
),

stored as (
    select gmv_daily.*
    from {{ this }} as gmv_daily
    inner join touched_bucket
        on
            gmv_daily.gmv_date = touched_bucket.gmv_date
            and gmv_daily.subsidiary = touched_bucket.subsidiary
),
{% endif %}

posting as (
    select
        purchase_movement.gmv_date,
        purchase_movement.subsidiary,
        purchase_movement.posted_on,
        sum(purchase_movement.movement_amount) as amount,
        sum(purchase_movement.purchase_count_change) as purchases
    from purchase_movement
    {% if is_incremental() %}
    inner join touched_bucket
        on
            purchase_movement.gmv_date = touched_bucket.gmv_date
            and purchase_movement.subsidiary = touched_bucket.subsidiary
    {% endif %}
    group by purchase_movement.gmv_date, purchase_movement.subsidiary, purchase_movement.posted_on
    having
        sum(purchase_movement.movement_amount) <> 0
        or sum(purchase_movement.purchase_count_change) <> 0
),

gmv_daily as (
    select
        gmv_date,
        subsidiary,
        posted_on as known_from,
        lead(posted_on) over (partition by gmv_date, subsidiary order by posted_on) as known_to,
        lead(posted_on) over (
            partition by gmv_date, subsidiary order by posted_on
        ) is null as is_current,
        cast(sum(amount) over (
            partition by gmv_date, subsidiary order by posted_on
            rows between unbounded preceding and current row
        ) as decimal(18, 2)) as gmv_amount,
        cast(sum(purchases) over (
            partition by gmv_date, subsidiary order by posted_on
            rows between unbounded preceding and current row
        ) as bigint) as purchase_count
    from posting
),

changes as (
    {{ merge_changes('gmv_daily', 'stored', key, columns) }}
)

select * from changes
