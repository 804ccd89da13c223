-- Grain: one row per purchase_key, posted_on, gmv_date, subsidiary: what the purchase added to
-- or took from that bucket on the day we learned it. A version enters its bucket on the day it
-- opens and leaves it on the day it closes: where both cancel out no row is written.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['purchase_key', 'posted_on', 'gmv_date', 'subsidiary'],
) }}

{% set key = ['purchase_key', 'posted_on', 'gmv_date', 'subsidiary'] %}
{% set columns = key + ['movement_amount', 'purchase_count_change'] %}

{% set purchase_touched = ref('int_commerce__purchase_touched') %}

with
{% if is_incremental() %}
touched_purchase as {{ not_materialized() }} (
    select purchase_key from {{ purchase_touched }}
),
{% endif %}

purchase_version as (
    select *
    from {{ ref('fct_commerce__purchase_version') }}
    {% if is_incremental() %}
    where purchase_key in (select touched_purchase.purchase_key from touched_purchase)
    {% endif %}
),

{% if is_incremental() %}
stored as (
    select *
    from {{ this }}
    where purchase_key in (select touched_purchase.purchase_key from touched_purchase)
),
{% endif %}

version_in_gmv as (
    select
        purchase_key,
        known_from,
        known_to,
        {{ gmv_date_column() }} as gmv_date,
        subsidiary,
        {{ gmv_amount() }} as gmv_amount
    from purchase_version
    where {{ gmv_amount() }} is not null
),

entry_and_exit as (
    select
        purchase_key,
        known_from as posted_on,
        gmv_date,
        subsidiary,
        gmv_amount as amount,
        1 as purchases
    from version_in_gmv
    union all
    select
        purchase_key,
        known_to as posted_on,
        gmv_date,
        subsidiary,
        -gmv_amount as amount,
        -1 as purchases
    from version_in_gmv
    where known_to is not null
),

movement as (
    select
        purchase_key,
        posted_on,
        gmv_date,
        subsidiary,
        cast(sum(amount) as decimal(18, 2)) as movement_amount,
        cast(sum(purchases) as bigint) as purchase_count_change
    from entry_and_exit
    group by purchase_key, posted_on, gmv_date, subsidiary
    having sum(amount) <> 0 or sum(purchases) <> 0
),

changes as (
    {{ merge_changes('movement', 'stored', key, columns) }}
)

select * from changes
