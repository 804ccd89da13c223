-- Grain: one row per purchase_key and interval of knowledge [known_from, known_to), in days. A
-- version opens on a day at whose end any business column differs: event times and times of
-- receipt are not business columns, so a repeat, or a newer event that says the same, opens
-- none. While the newest event of a purchase is a deletion it has no version. Days are those on
-- which we learned of an event: one that arrives late rewrites no day that is published.

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

{% set operation = declared_operation('commerce', 'purchase') %}
{% set bounds = ['known_from'] %}
{% for feed in columns_by_feed if declared_operation('commerce', feed) %}
    {% if loop.first %}{% do bounds.append('known_to') %}{% endif %}
{% endfor %}

with {{ purchase_histories() }},

{% if is_incremental() %}
stored as (
    select *
    from {{ this }}
    where purchase_key in (select touched_purchase.purchase_key from touched_purchase)
),
{% endif %}

point_of_change as (
    -- Days on which a feed's state of the purchase, or of an item tied to it, begins or ends.
    -- Where no feed can say that a record has ended, one ends where the next begins.
    {% for bound in bounds %}
    select
        record_key as purchase_key,
        {{ bound }} as known_on
    from purchase_history
    where {{ bound }} is not null
    union
    select
        record_key as purchase_key,
        {{ bound }} as known_on
    from extra_info_history
    where {{ bound }} is not null
    union
    select
        purchase_history.record_key as purchase_key,
        item_history.{{ bound }} as known_on
    from purchase_history
    inner join item_history
        on
            purchase_history.item_key = item_history.record_key
            and purchase_history.known_from < item_history.{{ bound }}
            and (
                purchase_history.known_to is null
                or purchase_history.known_to > item_history.{{ bound }}
            )
    union
    {% endfor %}
    {% if operation %}
    select
        record_key as purchase_key,
        ingest_date as known_on
    from purchase_history
    where row_operation = 'delete'
    union
    {% endif %}
    select
        {{ commerce_key('purchase_id', 'null') }} as purchase_key,
        known_from as known_on
    from item_history
    where purchase_id is not null and known_from is not null
    union
    select
        {{ commerce_key('purchase_id', 'null') }} as purchase_key,
        known_to as known_on
    from item_history
    where purchase_id is not null and known_to is not null
),

day_to_assemble as (
    select * from point_of_change
    {% if is_incremental() %}
    -- A tied item may once have been another purchase's, whose history is not at hand here.
    where purchase_key in (select touched_purchase.purchase_key from touched_purchase)
    {% endif %}
),

{{ assembled_purchase('day_to_assemble') }},

preceded as (
    select
        *,
        {%- for column in columns_by_feed.values() | sum(start=[]) %}
        lag({{ column }}) over (
            partition by purchase_key order by known_on
        ) as previous_{{ column }},
        {%- endfor %}
        coalesce(
            lag(is_deleted) over (partition by purchase_key order by known_on), true
        ) as is_first
    from assembled_purchase
),

compared as (
    select
        *,
        {{ differs_from_previous(columns_by_feed.product_item) }}
            as is_product_item_different,
        {{ differs_from_previous(columns_by_feed.purchase) }}
            as is_purchase_different,
        {{ differs_from_previous(columns_by_feed.purchase_extra_info) }}
            as is_purchase_extra_info_different
    from preceded
),

opening as (
    select
        *,
        {{ flag_list({
            'product_item': 'if(is_first, is_product_item_known, is_product_item_different)',
            'purchase': 'if(is_first, is_purchase_known, is_purchase_different)',
            'purchase_extra_info':
                'if(is_first, is_purchase_extra_info_known, is_purchase_extra_info_different)',
        }) }} as triggered_by
    from compared
    where
        is_deleted
        or is_first
        {% for feed in columns_by_feed %}
        or is_{{ feed }}_different
        {% endfor %}
),

bounded as (
    select
        *,
        lead(known_on) over (partition by purchase_key order by known_on) as known_to
    from opening
),

version as (
    select
        purchase_key,
        known_on as known_from,
        known_to,
        triggered_by,
        {{ purchase_id_of_key('purchase_key') }} as purchase_id,
        {{ purchase_partition_of_key('purchase_key') }} as purchase_partition,
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
    from bounded
    where not is_deleted
),

changes as (
    {{ merge_changes('version', 'stored', ['purchase_key', 'known_from'], columns) }}
)

select * from changes
