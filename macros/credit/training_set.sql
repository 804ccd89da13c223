{#
    training_set(labels) -> select with label_date, loan_status and the columns of credit_feature_columns
    labels: relation or subquery with proposal_id, anomesdia, loan_status, label_date (date), one row per
    proposal and label_date; default the targets as known now, each on the day we learned it.

    Each label gets the features of its proposal as known at the end of its own date. What became known
    later (a correction, another sender's version) and a proposal whose reference date lies after the
    label never enter; a label whose proposal was not known by then has no row.
#}
{% macro training_set(labels=none) -%}
    {%- set labels = labels if labels is not none else ref('feat_credit__proposal_target') -%}
    {%- set history = ref('int_credit__proposal') -%}
    select
        label_date,
        loan_status,
        {{ credit_feature_select() }}
    from (
        select
            held.*,
            {{ exact_ratio('held.loan_amnt', 'held.person_income', 6) }} as loan_percent_income,
            label.label_date,
            label.loan_status,
            -- As in int_credit__proposal_current.
            row_number() over (
                partition by held.proposal_id, held.anomesdia, label.label_date
                order by held.sender
            ) as sender_rank
        from (
            select
                {%- for column in [
                    'proposal_id', 'anomesdia', 'customer_id', 'sender', 'reference_date', 'known_from',
                    'known_to', 'person_age', 'person_income', 'person_home_ownership',
                    'person_emp_length', 'loan_intent', 'loan_grade', 'loan_amnt', 'loan_int_rate',
                    'cb_person_default_on_file', 'cb_person_cred_hist_length', 'invalid_columns',
                    'flags',
                ] %}
                {{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
            from {{ history }}
        ) as held
        inner join {{ labels }} as label
            on held.proposal_id = label.proposal_id and held.anomesdia = label.anomesdia
        where
            {{ state_holds('held', 'label.label_date') }}
            and held.reference_date <= label.label_date
    ) as known
    where sender_rank = 1
{%- endmacro %}
