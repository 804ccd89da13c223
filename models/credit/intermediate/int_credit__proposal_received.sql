-- Grain: one row per received row on closed days, typed, rejected rows included. Append-only: a
-- load is stored whole by one statement, so a table holds a load or does not.

{{ config(materialized='incremental', incremental_strategy='append') }}

with staged as (
    select * from {{ ref('stg_credit__proposal') }}
),

received as (
    select *
    from staged
    where {{ not_yet_received('staged', 'credit', 'proposal') }}
)

select * from received
