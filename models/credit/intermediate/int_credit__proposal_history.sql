-- Grain: one row per accepted row, with its place in the history of its record: a proposal of one
-- sender and reference date. What a delivery does not hold of its sender's date is gone.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['load_id', 'source_file', 'source_row'],
) }}

{% set key = ['load_id', 'source_file', 'source_row'] %}
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
{% set event_columns = key + ['ingest_date', 'recorded_at', 'record_key', 'sender', 'proposal_id',
    'reference_date', 'anomesdia', 'flags'] + content | map('first') | list %}
{% set columns = event_columns + ['row_status', 'known_from', 'known_to'] %}

with received as {{ not_materialized() }} (
    select * from {{ ref('int_credit__proposal_received') }}
),

{{ record_events('received', 'proposal', has_full_extracts=true) }},

{{ extract_history('received', 'events', event_columns, content + [['flags', 'text']]) }},

changes as (
    {{ merge_changes('history', 'stored', key, columns) }}
)

select * from changes
