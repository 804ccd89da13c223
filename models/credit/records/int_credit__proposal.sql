-- Grain: one row per received row, rejected ones included, with its place in the history of its
-- record: a proposal of one sender and reference date. What a delivery does not hold of its
-- sender's date is gone.

{% set key = ['load_key', 'source_row'] %}
{{ config(materialized='incremental', incremental_strategy='merge', unique_key=key) }}

{% set content = [
    ['customer_id', 'text'],
    ['person_age', 'integer'],
    ['person_income', 'integer'],
    ['person_home_ownership', 'text'],
    ['person_emp_length', 'decimal'],
    ['loan_intent', 'text'],
    ['loan_grade', 'text'],
    ['loan_amnt', 'integer'],
    ['loan_int_rate', 'decimal'],
    ['loan_status', 'integer'],
    ['cb_person_default_on_file', 'text'],
    ['cb_person_cred_hist_length', 'integer'],
    ['invalid_columns', 'text'],
] %}
{% set columns = record_columns(content, [
    'extract_scope', 'is_full_extract', 'sender', 'proposal_id', 'reference_date', 'anomesdia',
]) %}
{% set state = record_state() %}

with {{ received_rows(
    'proposal',
    ref('stg_credit__proposal'),
    ref('int_credit__load'),
    columns,
    has_full_extracts=true,
) }},

{{ extract_history('received', 'delivered', columns, content + [['flags', 'text']]) }},

changes as (
    {{ merge_changes('record', 'stored', key, columns + state, compared=state) }}
)

select * from changes
