{#
    assembled_purchase(points, known_on) -> CTEs, the last of them `assembled_purchase`
    points: CTE of the purchases to assemble, with purchase_key and, unless known_on is none, the day
    `known_on`: the state as known at the end of that day. known_on = none assembles the newest state.

    `assembled_purchase` has one row per point: the union of what the three feeds say, null where a feed
    says nothing, with `is_<feed>_known`, the event times and the times of receipt of the winning rows.
    `is_deleted`: the newest event of the purchase is a deletion, so that it is none, whatever its item says.
    The item is the one the purchase refers to, if that item is known; else, for a purchase without
    partition, the newest item that carries its purchase_id.
    Reads the CTEs purchase_history, item_history and extra_info_history of the model.
#}
{% macro assembled_purchase(points, known_on='known_on') -%}
    {%- set day = points ~ '.' ~ known_on if known_on is not none else none -%}
    {%- set has_deletions = declared_operation('commerce', 'purchase') is not none %}
purchase_state as (
    select *
    from purchase_history
    where known_from is not null
),

{% if has_deletions -%}
-- Since this day the newest event of the purchase is a state or a deletion.
deletion as (
    select
        record_key,
        min(ingest_date) as first_known_on
    from purchase_history
    where row_operation = 'delete'
    group by record_key
),

{% endif -%}
item_state as {{ not_materialized() }} (
    select *
    from item_history
    where known_from is not null
),

extra_info_state as (
    select *
    from extra_info_history
    where known_from is not null
),

offered_item as (
    select
        {{ commerce_key('purchase_id', 'null') }} as purchase_key,
        {{ row_content(item_content()) }} as content,
        item_state.*
    from item_state
    where purchase_id is not null
),

ranked_offer as (
    select
        {{ points }}.*,
        offered_item.record_key as item_key,
        offered_item.product_id,
        offered_item.item_quantity,
        offered_item.purchase_value,
        offered_item.transaction_datetime,
        offered_item.recorded_at,
        row_number() over (
            partition by {{ points }}.purchase_key{{ ', ' ~ day if day is not none }}
            order by
                offered_item.ranked_at desc, offered_item.recorded_at desc,
                offered_item.content desc, offered_item.record_key desc
        ) as place
    from {{ points }}
    inner join offered_item
        on
            {{ points }}.purchase_key = offered_item.purchase_key
            and {{ state_holds('offered_item', day) }}
),

chosen_offer as (
    select * from ranked_offer where place = 1
),

assembled_purchase as (
    select
        {{ points }}.*,
        {{ 'purchase_state.record_key is null and deletion.record_key is not null' if has_deletions else 'false' }} as is_deleted,
        purchase_state.record_key is not null as is_purchase_known,
        coalesce(item_state.record_key, chosen_offer.item_key) is not null as is_product_item_known,
        extra_info_state.record_key is not null as is_purchase_extra_info_known,
        purchase_state.buyer_id,
        purchase_state.prod_item_id,
        purchase_state.prod_item_partition,
        purchase_state.producer_id,
        purchase_state.order_date,
        purchase_state.release_date,
        purchase_state.purchase_total_value,
        purchase_state.purchase_status,
        coalesce(item_state.record_key, chosen_offer.item_key) as item_key,
        case
            when item_state.record_key is not null then item_state.product_id
            else chosen_offer.product_id
        end as product_id,
        case
            when item_state.record_key is not null then item_state.item_quantity
            else chosen_offer.item_quantity
        end as item_quantity,
        case
            when item_state.record_key is not null then item_state.purchase_value
            else chosen_offer.purchase_value
        end as purchase_value,
        coalesce(extra_info_state.subsidiary, 'unknown') as subsidiary,
        purchase_state.transaction_datetime as purchase_transaction_datetime,
        coalesce(item_state.transaction_datetime, chosen_offer.transaction_datetime)
            as product_item_transaction_datetime,
        extra_info_state.transaction_datetime as purchase_extra_info_transaction_datetime,
        purchase_state.recorded_at as purchase_recorded_at,
        coalesce(item_state.recorded_at, chosen_offer.recorded_at) as product_item_recorded_at,
        extra_info_state.recorded_at as purchase_extra_info_recorded_at
    from {{ points }}
    left join purchase_state
        on {{ points }}.purchase_key = purchase_state.record_key and {{ state_holds('purchase_state', day) }}
    {%- if has_deletions %}
    left join deletion
        on
            {{ points }}.purchase_key = deletion.record_key
            {%- if day is not none %}
            and {{ day }} >= deletion.first_known_on
            {%- endif %}
    {%- endif %}
    left join extra_info_state
        on {{ points }}.purchase_key = extra_info_state.record_key and {{ state_holds('extra_info_state', day) }}
    left join item_state
        on purchase_state.item_key = item_state.record_key and {{ state_holds('item_state', day) }}
    left join chosen_offer
        on
            {{ points }}.purchase_key = chosen_offer.purchase_key
            {%- if day is not none %}
            and {{ day }} = chosen_offer.{{ known_on }}
            {%- endif %}
)
{%- endmacro %}
