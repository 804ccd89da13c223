-- Exactly one column of a category is 1, whatever value was delivered.

{% for column in credit_categories() %}
{% set group_columns = [] %}
{% for code in credit_category_codes(column) %}
{% do group_columns.append('coalesce(' ~ column ~ '_' ~ code ~ ', 2)') %}
{% endfor %}
select
    proposal_id,
    anomesdia,
    '{{ column }}' as column_name
from {{ ref('feat_credit__proposal') }}
where {{ group_columns | join(' + ') }} <> 1
{{ 'union all' if not loop.last }}
{% endfor %}
