{#
    rejected_share: no load has too many rejected rows (`rejected_loads`). A load that fails is an error, one that has
    rejected rows a warning, both only until marts hold it: the one number that this test returns is 0 for nothing
    to tell, 1 for warnings, 2 for an error.
    model: a record table; load: its load table; until: the incremental model that reads it next. What that one
    does not reflect yet is told in every run, until the load is accepted (seed ref_quality__load_decision).
#}
{% test rejected_share(model, load, until) %}
{{ config(
    severity='error', fail_calc='coalesce(max(severity), 0)', warn_if='>= 1', error_if='>= 2'
) }}
{{ rejected_loads(model, load, ref('ref_quality__load_decision'), held_loads(until)) }}
{% endtest %}
