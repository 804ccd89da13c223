-- A status or subsidiary that the reference lists lack counts (not cancelled, in a bucket of its
-- own): a warning, because it may be a new one or a misspelling of one that would count
-- otherwise.
{{ config(severity='warn') }}

select
    flag_code,
    sum(row_count) as row_count
from {{ ref('fct_quality__row_flag') }}
where flag_code in ('unknown_status', 'unknown_subsidiary')
group by flag_code
