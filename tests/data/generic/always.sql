{#
    always: the condition holds in every row; a null counts as not holding.
#}
{% test always(model, condition) %}
select *
from {{ model }}
where not coalesce({{ condition }}, false)
{% endtest %}
