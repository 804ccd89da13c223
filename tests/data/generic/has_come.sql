{#
    has_come: no load is dated after the UTC day on which the run started. Its day would be known before it
    began, and what was known at its end would change.
    model: a load table.
#}
{% test has_come(model) %}
select
    entity,
    load_id,
    ingest_date,
    source_file
from {{ model }}
where ingest_date > '{{ run_started_at.strftime('%Y-%m-%d') }}'
{% endtest %}
