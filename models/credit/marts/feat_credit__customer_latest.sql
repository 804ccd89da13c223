-- Grain: one row per customer_id: the features of the customer's newest proposal, for inference.
-- Of two proposals of one date the greater id counts, so that nothing that changes with a later
-- delivery of the target decides. Proposals without a customer are left out.

{% set features = credit_feature_columns() | map(attribute='name') | list %}

with proposal as (
    select * from {{ ref('feat_credit__proposal') }}
    where customer_id is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id order by anomesdia desc, proposal_id desc
        ) as newest_rank
    from proposal
),

customer_latest as (
    select
        {{ features | join(',\n        ') }}
    from ranked
    where newest_rank = 1
)

select * from customer_latest
