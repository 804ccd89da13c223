-- No leak: features as known at the end of the label's day, of a proposal that existed by then. The
-- history is replaced by its rows of the example: a label of one's own is given with its date.
{{ config(group='credit') }}

{% set history = ref('int_credit__proposal') | string %}

with blank as (
    select *
    from {{ ref('int_credit__proposal') }}
    where 1 = 0
),

version as (
    select
        'P1' as proposal_id, 'a' as sender, date '2024-03-01' as reference_date,
        date '2024-03-02' as known_from, date '2024-03-05' as known_to, 30 as person_age
    union all select 'P1', 'a', date '2024-03-01', date '2024-03-05', date '2024-03-09', 31
    union all select 'P1', 'a', date '2024-03-01', date '2024-03-09', cast(null as date), 32
    -- Another sender, whose version counts only while the first has none.
    union all select 'P1', 'b', date '2024-03-01', date '2024-03-01', cast(null as date), 60
    -- Delivered ahead of its own reference date.
    union all select 'P2', 'a', date '2024-03-08', date '2024-03-02', cast(null as date), 40
    -- A row that was never a state.
    union all select 'P3', 'a', date '2024-03-01', cast(null as date), cast(null as date), 50
),

known as (
    select
        version.proposal_id,
        version.sender,
        version.reference_date,
        version.known_from,
        version.known_to,
        version.person_age,
        20240301 as anomesdia,
        blank.customer_id,
        cast(4 as bigint) as person_income,
        blank.person_home_ownership,
        blank.person_emp_length,
        blank.loan_intent,
        blank.loan_grade,
        cast(1 as bigint) as loan_amnt,
        blank.loan_int_rate,
        blank.cb_person_default_on_file,
        blank.cb_person_cred_hist_length,
        blank.invalid_columns,
        blank.flags
    from version
    left join blank on version.proposal_id = blank.proposal_id
),

label as (
    select
        proposal_id,
        20240301 as anomesdia,
        1 as loan_status,
        label_date
    from (
        select 'P1' as proposal_id, date '2024-02-29' as label_date
        union all select 'P1', date '2024-03-01'
        union all select 'P1', date '2024-03-02'
        union all select 'P1', date '2024-03-04'
        union all select 'P1', date '2024-03-05'
        union all select 'P1', date '2024-03-09'
        union all select 'P2', date '2024-03-07'
        union all select 'P2', date '2024-03-08'
        union all select 'P3', date '2024-03-09'
    ) as labelled
),

expected as (
    select 'P1' as proposal_id, date '2024-03-01' as label_date, 60 as person_age
    union all select 'P1', date '2024-03-02', 30
    union all select 'P1', date '2024-03-04', 30
    union all select 'P1', date '2024-03-05', 31
    union all select 'P1', date '2024-03-09', 32
    union all select 'P2', date '2024-03-08', 40
),

answered as (
    select
        proposal_id,
        label_date,
        person_age
    from ({{ training_set('label') | replace(history, 'known') }}) as answer
    where loan_percent_income = 0.25
)

select 'missing' as difference, proposal_id, label_date, person_age
from (select * from expected except select * from answered) as missing
union all
select 'unexpected' as difference, proposal_id, label_date, person_age
from (select * from answered except select * from expected) as unexpected
