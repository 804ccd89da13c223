{#
    reflected_run_relation() -> relation `reflected_run`: which run the tables of the lake reflect as a whole
    A row when a run begins to write tables (state `begun`) and another when a run of the whole project has
    passed (state `passed`, with what it was built from). The lake reflects the run with the greatest number, and
    only if that one has passed: a run that failed, or built a part, is a number without it.
    It lies in the schema of the list of decisions, which every domain reads.
#}
{% macro reflected_run_relation() -%}
    {%- set shared = graph.nodes['seed.' ~ project_name ~ '.ref_quality__load_decision'] -%}
    {{ return(api.Relation.create(database=shared.database, schema=shared.schema, identifier='reflected_run', type='table')) }}
{%- endmacro %}
