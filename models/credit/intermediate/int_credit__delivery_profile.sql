-- Grain: one row per delivery, watched column and value, with the number of rows that have it.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['entity', 'load_id', 'ingest_date', 'column_name', 'value_key'],
) }}

with {{ delivery_profile('credit', ['proposal']) }}

select * from changes
