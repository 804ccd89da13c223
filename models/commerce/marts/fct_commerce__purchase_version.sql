-- Grain: one row per purchase_key and interval of knowledge [known_from, known_to), in days.
-- A version opens on a day at whose end any business column differs; event times and times of receipt
-- are not business columns, so a repeat, or a newer event that says the same, opens none.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['purchase_key', 'known_from'],
) }}

{% set columns_by_feed = {
    'product_item': ['product_id', 'item_quantity', 'purchase_value'],
    'purchase': [
        'buyer_id', 'prod_item_id', 'prod_item_partition', 'producer_id',
        'order_date', 'release_date', 'purchase_total_value', 'purchase_status',
    ],
    'purchase_extra_info': ['subsidiary'],
} %}
{% set columns = [
    'purchase_key', 'known_from', 'known_to', 'triggered_by', 'purchase_id', 'purchase_partition',
    'buyer_id', 'prod_item_id', 'prod_item_partition', 'producer_id', 'order_date', 'release_date',
    'purchase_total_value', 'purchase_status', 'product_id', 'item_quantity', 'purchase_value',
    'subsidiary',
] %}

{% if is_incremental() %}
with touched_purchase as (
    {{ touched_purchases() }}
),

stored as (
    select * from {{ this }} where purchase_key in (select purchase_key from touched_purchase)
),
{% else %}
with
{% endif %}

point_of_change as (
    -- Days on which a feed's state of the purchase, or of an item tied to it, begins or ends.
    select purchase_history.record_key as purchase_key, purchase_history.known_from as known_on
    from {{ ref('int_commerce__purchase_history') }} as purchase_history
    where purchase_history.known_from is not null
    union
    select extra_info_history.record_key as purchase_key, extra_info_history.known_from as known_on
    from {{ ref('int_commerce__purchase_extra_info_history') }} as extra_info_history
    where extra_info_history.known_from is not null
    union
    select purchase_history.record_key as purchase_key, item_history.known_from as known_on
    from {{ ref('int_commerce__purchase_history') }} as purchase_history
    inner join {{ ref('int_commerce__product_item_history') }} as item_history
        on
            purchase_history.item_key = item_history.record_key
            and purchase_history.known_from < item_history.known_from
            and (
                purchase_history.known_to is null
                or purchase_history.known_to > item_history.known_from
            )
    union
    select {{ commerce_key('item_history.purchase_id', 'null') }} as purchase_key, item_history.known_from as known_on
    from {{ ref('int_commerce__product_item_history') }} as item_history
    where item_history.purchase_id is not null and item_history.known_from is not null
    union
    select {{ commerce_key('item_history.purchase_id', 'null') }} as purchase_key, item_history.known_to as known_on
    from {{ ref('int_commerce__product_item_history') }} as item_history
    where item_history.purchase_id is not null and item_history.known_to is not null
),

day_to_assemble as (
    select * from point_of_change
    {% if is_incremental() %}
    where purchase_key in (select purchase_key from touched_purchase)
    {% endif %}
),

{{ assembled_purchase('day_to_assemble') }},

compared as (
    select
        assembled_purchase.*,
        lag(known_on) over each_purchase is null as is_first,
        {% for feed, feed_columns in columns_by_feed.items() %}
        {%- for column in feed_columns %}
        {{ 'or ' if not loop.first }}{{ column }} is distinct from lag({{ column }}) over each_purchase
        {%- endfor %} as is_{{ feed }}_different{{ ',' if not loop.last }}
        {% endfor %}
    from assembled_purchase
    window each_purchase as (partition by purchase_key order by known_on)
),

opening as (
    select
        compared.*,
        {{ flag_list({
            'product_item': 'case when is_first then is_product_item_known else is_product_item_different end',
            'purchase': 'case when is_first then is_purchase_known else is_purchase_different end',
            'purchase_extra_info': 'case when is_first then is_purchase_extra_info_known else is_purchase_extra_info_different end',
        }) }} as triggered_by
    from compared
    where
        is_first
        {% for feed in columns_by_feed %}
        or is_{{ feed }}_different
        {% endfor %}
),

version as (
    select
        purchase_key,
        known_on as known_from,
        lead(known_on) over (partition by purchase_key order by known_on) as known_to,
        triggered_by,
        purchase_id,
        purchase_partition,
        buyer_id,
        prod_item_id,
        prod_item_partition,
        producer_id,
        order_date,
        release_date,
        purchase_total_value,
        purchase_status,
        product_id,
        item_quantity,
        purchase_value,
        subsidiary
    from opening
),

changes as (
    {{ merge_changes('version', 'stored', ['purchase_key', 'known_from'], columns) }}
)

select * from changes
