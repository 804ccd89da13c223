-- Two senders that use one id for one date: the features keep the first by name and lack the
-- other. A warning, because another sender's file must not stop a build.
{{ config(severity='warn', group='credit') }}

select
    proposal_id,
    anomesdia,
    count(distinct sender) as sender_count
from {{ ref('int_credit__proposal') }}
where known_from is not null and known_to is null
group by proposal_id, anomesdia
having count(distinct sender) > 1
