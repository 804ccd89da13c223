{#
    check_held_loads(missing)
    missing: list of [entity, ingest_date, load_id], what the load table being built holds and raw does not.
    *Raises* if there is any, before the table or one that reads it is changed: of a load that was withdrawn
    (seed ref_quality__load_decision) it asks for a full refresh of the domain, of another to look for its file.
#}
{% macro check_held_loads(missing) -%}
    {%- if execute and missing -%}
        {%- set domain = model.fqn[1] -%}
        {%- set decision = ref('ref_quality__load_decision') -%}
        {%- set listed = run_query("select entity, load_id from " ~ decision ~ " where decision = 'withdraw' and domain = '" ~ domain ~ "'").rows | map('list') | list if is_stored(decision) else [] -%}
        {%- set withdrawn = [] -%}
        {%- set lost = [] -%}
        {%- for entity, day, load_id in missing -%}
            {%- do (withdrawn if [entity, load_id] in listed else lost).append(load_id ~ ' of ' ~ entity ~ ' (' ~ day ~ ')') -%}
        {%- endfor -%}
        {%- if lost -%}
            {{ exceptions.raise_compiler_error("The raw file of load " ~ lost[:5] | join(', of load ') ~ (' and of ' ~ (lost | length - 5) ~ ' more' if lost | length > 5 else '') ~ " is gone, and it was not withdrawn. Nothing of " ~ domain ~ " was changed. Look for it and put it back; if it is lost for good, its rows go with: lakehouse build --full-refresh --select path:models/" ~ domain ~ "+") }}
        {%- endif -%}
        {{ exceptions.raise_compiler_error("Load " ~ withdrawn[:5] | join(', load ') ~ (' and ' ~ (withdrawn | length - 5) ~ ' more' if withdrawn | length > 5 else '') ~ " is withdrawn, and the tables of " ~ domain ~ " hold it. Nothing of " ~ domain ~ " was changed. Build them anew: lakehouse build --full-refresh --select path:models/" ~ domain ~ "+") }}
    {%- endif -%}
{%- endmacro %}
