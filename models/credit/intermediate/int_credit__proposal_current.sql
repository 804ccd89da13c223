-- Grain: one row per (proposal_id, anomesdia) in the state known now, whoever sent it.
-- Where two senders deliver one id for one date, the sender whose name comes first keeps it (a test
-- warns). Not the one received later: a target that arrives is a new state of its sender, and it
-- would decide whose features count.

with proposal_history as (
    select * from {{ ref('int_credit__proposal') }}
),

ranked as (
    select
        *,
        row_number() over (partition by proposal_id, anomesdia order by sender) as sender_rank
    from proposal_history
    where known_from is not null and known_to is null
),

proposal_current as (
    select
        proposal_id,
        anomesdia,
        record_key,
        sender,
        customer_id,
        reference_date,
        person_age,
        person_income,
        person_home_ownership,
        person_emp_length,
        loan_intent,
        loan_grade,
        loan_amnt,
        loan_int_rate,
        loan_status,
        {{ exact_ratio('loan_amnt', 'person_income', 6) }} as loan_percent_income,
        cb_person_default_on_file,
        cb_person_cred_hist_length,
        invalid_columns,
        flags
    from ranked
    where sender_rank = 1
)

select * from proposal_current
