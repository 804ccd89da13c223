{#
    grain: the columns identify a row. Fails with one row per key that stands twice or has a null in it;
    a null never matches in a merge and would be inserted again.
#}
{% test grain(model, columns) %}
select
    {{ columns | join(',\n    ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
