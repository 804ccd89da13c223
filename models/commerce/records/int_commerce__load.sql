-- Grain: one row per load, day and source file of an entity: what the domain has received, and the
-- number that its rows carry. Built first: what lands while a run goes on belongs to the next one.

{{ config(materialized='incremental', incremental_strategy='append') }}

with {{ received_loads('commerce') }}

select * from load
