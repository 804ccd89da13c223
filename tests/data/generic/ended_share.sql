{#
    ended_share: no full extract ends too many records (`ended_extracts`). Fails with one row per extract and scope,
    until the load is accepted (seed ref_quality__load_decision) or withdrawn.
    model: a record table, whose raw table may say how much is too much (`meta.max_ended_share`, else a fifth);
    load: its load table; until: the incremental model that reads it next; precedence: as in `extract_history`.
#}
{% test ended_share(model, load, until, precedence=none) %}
{%- set declared = {} -%}
{%- if execute -%}
    {%- set record = model_node(model.identifier) -%}
    {%- set declared = source_node(record.fqn[1], record.config.meta.entity).config.meta -%}
{%- endif -%}
{{ ended_extracts(
    model,
    load,
    ref('ref_quality__load_decision'),
    declared.get('max_ended_share', 0.2),
    precedence,
    held_loads(until)
) }}
{% endtest %}
