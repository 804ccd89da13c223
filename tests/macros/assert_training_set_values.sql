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
    select listed.*
    from (
        values
        ('P1', 'a', date '2024-03-01', date '2024-03-02', date '2024-03-05', 30),
        ('P1', 'a', date '2024-03-01', date '2024-03-05', date '2024-03-09', 31),
        ('P1', 'a', date '2024-03-01', date '2024-03-09', cast(null as date), 32),
        -- Another sender, whose version counts only while the first has none.
        ('P1', 'b', date '2024-03-01', date '2024-03-01', cast(null as date), 60),
        -- Delivered ahead of its own reference date.
        ('P2', 'a', date '2024-03-08', date '2024-03-02', cast(null as date), 40),
        -- A row that was never a state.
        ('P3', 'a', date '2024-03-01', cast(null as date), cast(null as date), 50)
    ) as listed (proposal_id, sender, reference_date, known_from, known_to, person_age)
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
        labelled.proposal_id,
        20240301 as anomesdia,
        1 as loan_status,
        labelled.label_date
    from (
        values
        ('P1', date '2024-02-29'),
        ('P1', date '2024-03-01'),
        ('P1', date '2024-03-02'),
        ('P1', date '2024-03-04'),
        ('P1', date '2024-03-05'),
        ('P1', date '2024-03-09'),
        ('P2', date '2024-03-07'),
        ('P2', date '2024-03-08'),
        ('P3', date '2024-03-09')
    ) as labelled (proposal_id, label_date)
),

expected as (
    select listed.*
    from (
        values
        ('P1', date '2024-03-01', 60),
        ('P1', date '2024-03-02', 30),
        ('P1', date '2024-03-04', 30),
        ('P1', date '2024-03-05', 31),
        ('P1', date '2024-03-09', 32),
        ('P2', date '2024-03-08', 40)
    ) as listed (proposal_id, label_date, person_age)
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
