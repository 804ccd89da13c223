-- Grain: one row per day and species.
-- The newest day is counted again: its sightings may still come in.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['seen_date', 'species'],
) }}

with sighting as (
    select * from {{ ref('stg_birds__sighting') }}
),

open_day as (
    select *
    from sighting
    {% if is_incremental() %}
    where sighting.seen_date >= (select max(seen_date) from {{ this }})
    {% endif %}
)

select
    open_day.seen_date,
    open_day.species,
    count(*) as sighting_count,
    sum(open_day.bird_count) as bird_count
from open_day
group by open_day.seen_date, open_day.species
