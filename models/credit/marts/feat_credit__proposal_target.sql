-- Grain: one row per (proposal_id, anomesdia) whose target is known. Kept apart from the features
-- and joined for training only. label_date is when we learned the target that holds now: features
-- for training are taken as known at or before it (macro training_set).

with proposal as (
    select * from {{ ref('int_credit__proposal_current') }}
    where loan_status is not null
),

version as (
    select
        record_key,
        known_from,
        loan_status
    from {{ ref('int_credit__proposal') }}
    where known_from is not null
),

other_target as (
    select
        proposal.record_key,
        max(version.known_from) as known_from
    from proposal
    inner join version
        on
            proposal.record_key = version.record_key
            and proposal.loan_status is distinct from version.loan_status
    group by proposal.record_key
),

label as (
    select
        version.record_key,
        min(version.known_from) as label_date
    from version
    left join other_target on version.record_key = other_target.record_key
    where other_target.known_from is null or version.known_from > other_target.known_from
    group by version.record_key
),

proposal_target as (
    select
        proposal.proposal_id,
        proposal.anomesdia,
        cast(proposal.loan_status as integer) as loan_status,
        label.label_date
    from proposal
    inner join label on proposal.record_key = label.record_key
)

select * from proposal_target
