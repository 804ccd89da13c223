-- Versions of a purchase do not overlap, and a gap begins with a deletion: each ends on the day the
-- next one opens, or on the day of a deletion of the purchase, and only the last one may be open.
{% set operation = declared_operation('commerce', 'purchase') %}
{% set purchase = ref('int_commerce__purchase') %}

with chained as (
    select
        purchase_key,
        known_from,
        known_to,
        lead(known_from) over (partition by purchase_key order by known_from) as next_known_from
    from {{ ref('fct_commerce__purchase_version') }}
),

{% if operation %}
deletion as (
    select distinct
        record_key,
        ingest_date
    from {{ purchase }}
    where reason_code is null and row_operation = 'delete'
),

{% endif %}
unexplained as (
    select chained.*
    from chained
    {% if operation %}
    left join deletion
        on
            chained.purchase_key = deletion.record_key
            and chained.known_to = deletion.ingest_date
            and (chained.next_known_from is null or chained.known_to < chained.next_known_from)
    {% endif %}
    where
        chained.known_to is distinct from chained.next_known_from
    {% if operation %}
        and deletion.record_key is null
    {% endif %}
)

select * from unexplained
