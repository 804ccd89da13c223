{#
    tell_freshness()
    Called by `lakehouse transform` after a run that passed: says of each source that ever delivered how many days ago
    it last did, in a line of the log that it reads (`freshness: [{…}]`). Nothing where the table is not there yet.
#}
{% macro tell_freshness() -%}
    {%- set relation = model_relation('rpt_quality__freshness') -%}
    {%- if is_stored(relation) -%}
        {%- set ages = [] -%}
        {%- for row in run_query("
            select domain, entity, age_days
            from " ~ relation ~ "
            where age_days is not null
            order by domain, entity").rows -%}
            {%- do ages.append({'source': row[0] ~ '.' ~ row[1], 'age_days': row[2] | int}) -%}
        {%- endfor -%}
        {%- do log('freshness: ' ~ tojson(ages), info=true) -%}
    {%- endif -%}
{%- endmacro %}
