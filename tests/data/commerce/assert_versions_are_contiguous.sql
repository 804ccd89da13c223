-- A purchase, once known, is known for ever: each version ends on the day the next one opens,
-- and only the last one is open.

with chained as (
    select
        purchase_key,
        known_from,
        known_to,
        lead(known_from) over (partition by purchase_key order by known_from) as next_known_from
    from {{ ref('fct_commerce__purchase_version') }}
)

select *
from chained
where known_to is distinct from next_known_from
