-- Each official spelling has itself as its key. So no line is out of reach, and no two keys show
-- one text: two grades would have one key in the wide table.

select
    attribute_name,
    spelling_key,
    spelling
from {{ ref('ref_education__spelling') }}
where spelling_key is distinct from {{ spelling_key('spelling') }}
