-- A target is joined to the features by their key: none may be without.

select
    known_target.proposal_id,
    known_target.anomesdia
from {{ ref('feat_credit__proposal_target') }} as known_target
left join {{ ref('feat_credit__proposal') }} as proposal
    on
        known_target.proposal_id = proposal.proposal_id
        and known_target.anomesdia = proposal.anomesdia
where proposal.proposal_id is null
