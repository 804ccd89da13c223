{#
    row_count_is: the seed has the rows its file has. A row that is too long for a Glue statement is lost
    without a word, so every seed is counted.
#}
{% test row_count_is(model, rows) %}
select count(*) as row_count
from {{ model }}
having count(*) <> {{ rows }}
{% endtest %}
