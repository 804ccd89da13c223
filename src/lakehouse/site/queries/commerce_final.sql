-- The run date of the run that passed last: what was known on a day before it stays, as
-- `gmv_as_of` says.
select max_by(run_date, run_number)::date as passed_run_date
from quality.reflected_run
where state = 'passed'
having count(*) > 0
