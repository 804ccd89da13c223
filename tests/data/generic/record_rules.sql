{#
    record_rules: what holds of every record table, as `holds` judges it.
    statuses: those that a row of this one may have.
#}
{% test record_rules(model, statuses) %}
{{ test_holds(model, {
    'the_status_is_known': "row_status in ('" ~ statuses | join("', '") ~ "')",
    'accepted_rows_have_a_key': 'reason_code is not null or record_key is not null',
    'rejected_rows_have_a_reason': "(row_status = 'rejected') = (reason_code is not null)",
    'no_interval_is_empty': 'known_to is null or known_from < known_to',
    'the_row_lies_in_the_partition_of_its_day': 'cast(recorded_at as date) = ingest_date',
    'no_removed_row_is_kept': 'not is_removed',
}) }}
{% endtest %}
