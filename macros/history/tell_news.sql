{#
    tell_news(code, settings)
    Called by `lakehouse build` before a run of the whole project: says, in a line of the log that it reads
    (`news: {…}`), what such a run would find that the tables do not reflect.
      passed_at  when the run began that the lake reflects, null if its newest run has not passed
      changed    of `code`, `settings` and `tables` (one is missing): the lake must be built as a whole
      is_new_day the run date is another
      domains    those of which raw has a load that the tables lack, or lacks one that they have
    One look-up for the run, and one of the names of raw files per domain where it may decide.
    code, settings: as for `note_passed_run`.
#}
{% macro tell_news(code, settings) -%}
    {%- set relation = reflected_run_relation() -%}
    {%- set passed = [] -%}
    {%- if is_stored(relation) -%}
        {%- set passed = run_query("
            select noted_at, run_date, code, settings
            from " ~ relation ~ "
            where state = 'passed' and run_number in (select max(newest.run_number) from " ~ relation ~ " as newest)").rows -%}
    {%- endif -%}
    {%- set news = {'passed_at': none, 'changed': [], 'is_new_day': false, 'domains': []} -%}
    {%- if passed -%}
        {%- do news.update({'passed_at': passed[0][0], 'is_new_day': passed[0][1] != run_date()}) -%}
        {%- if passed[0][2] != code -%}{%- do news.changed.append('code') -%}{%- endif -%}
        {%- if passed[0][3] != settings -%}{%- do news.changed.append('settings') -%}{%- endif -%}
        {%- if not news.changed -%}
            {%- set entities = {} -%}
            {%- for raw in graph.sources.values() -%}
                {%- do entities.setdefault(raw.source_name, []).append(raw.name) -%}
            {%- endfor -%}
            {%- set loads = {} -%}
            {%- for node in graph.nodes.values()
                if node.resource_type in ('model', 'seed') and node.config.materialized in ('table', 'incremental', 'seed') -%}
                {%- set stored = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='table') -%}
                {%- if not is_stored(stored) and 'tables' not in news.changed -%}{%- do news.changed.append('tables') -%}{%- endif -%}
                {%- if node.config.meta.get('landed') -%}{%- do loads.update({node.fqn[1]: stored}) -%}{%- endif -%}
            {%- endfor -%}
            {%- for domain in (loads | sort if not news.changed else []) -%}
                {%- if landed_changes(domain, entities[domain], loads[domain]) -%}{%- do news.domains.append(domain) -%}{%- endif -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
    {%- do log('news: ' ~ tojson(news), info=true) -%}
{%- endmacro %}
