-- In a rebuild every recomputed row, with exactly the columns asked for and nothing to remove.
-- What an incremental run merges is held by the unit tests of the incremental models.

with recomputed as (
    select 1 as id, 'kept' as state, 'left out' as other
    union all select 2, 'new', 'left out'
),

answered as (
    {{ merge_changes('recomputed', 'stored', ['id'], ['id', 'state']) }}
),

expected as (
    select 1 as id, 'kept' as state, cast(false as boolean) as is_removed
    union all select 2, 'new', cast(false as boolean)
)

select 'missing' as difference, id, state, is_removed
from (select * from expected except select * from answered) as missing
union all
select 'unexpected' as difference, id, state, is_removed
from (select * from answered except select * from expected) as unexpected
