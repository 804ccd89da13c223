select
    domain,
    entity,
    freshness_state,
    last_recorded_at,
    age_days,
    rhythm_days
from quality.rpt_quality__freshness
order by domain asc, entity asc
