-- Grain: one row per sighting. Birds that were heard and not counted are one bird.

with sighting as (
    select * from {{ ref('sighting') }}
)

select
    sighting.sighting_id,
    sighting.seen_on as seen_date,
    sighting.place,
    sighting.species,
    coalesce(sighting.bird_count, 1) as bird_count
from sighting
