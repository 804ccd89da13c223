-- The days that a load speaks for, beside the day on which it landed.
select
    domain,
    entity,
    load_id,
    landed_on,
    min(claimed_on) as first_claimed_on,
    max(claimed_on) as last_claimed_on,
    max(rewritten_days) as rewritten_days
from quality.rpt_quality__history_rewrite
group by all
order by landed_on desc, domain asc, entity asc, load_id asc
limit 500
