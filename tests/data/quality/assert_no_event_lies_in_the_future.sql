-- An event that lies further after the day of its receipt than clocks may differ ranks at the end
-- of that day: a warning, because nobody knows when it happened.
{{ config(severity='warn') }}

select
    domain,
    entity,
    sum(row_count) as row_count
from {{ ref('fct_quality__row_flag') }}
where flag_code = 'event_in_future'
group by domain, entity
