-- Grain: one row per species: since when it is known, and the most that were seen on one day.

with day_of_species as (
    select * from {{ ref('fct_birds__day') }}
)

select
    day_of_species.species,
    min(day_of_species.seen_date) as first_seen_date,
    max(day_of_species.bird_count) as most_birds_count
from day_of_species
group by day_of_species.species
