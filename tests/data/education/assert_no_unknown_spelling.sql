-- A spelling that the list lacks counts under a name of its own: a warning, because it may be a
-- new one or a misspelling of one that would count otherwise.
{{ config(severity='warn') }}

select
    entity,
    sum(row_count) as row_count
from {{ ref('fct_quality__row_flag') }}
where domain = 'education' and flag_code = 'unknown_spelling'
group by entity
