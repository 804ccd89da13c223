{#
    record_reflected_loads(results)
    At the end of every run: notes which loads the incremental tables now reflect, one look-up per schema
    and a statement where something changed. A model that succeeded is noted with its `available_loads`,
    any other keeps its note. A run that dies before leaves the notes as they were: its loads are new
    again, and repeating changes nothing. A note of a load that is not available any more is dropped, so
    that a load which a parent lost in a rebuild is new again when it comes back.
#}
{% macro record_reflected_loads(results) -%}
    {%- if execute -%}
        {%- set by_schema = {} -%}
        {%- for result in results
            if result.status | string == 'success' and result.node.resource_type == 'model'
            and result.node.config.materialized == 'incremental' and not result.node.config.meta.get('landed') -%}
            {%- do by_schema.setdefault(result.node.schema, []).append(result.node.name) -%}
        {%- endfor -%}
        {%- for schema, names in by_schema.items() -%}
            {%- set relation = reflected_load_relation(schema) -%}
            {%- set wanted -%}
                {%- for name in names %}
                select
                    '{{ name }}' as model_name,
                    load_key
                from ({{ available_loads(name) }}) as available
                {{ 'union all' if not loop.last }}
                {%- endfor %}
            {%- endset -%}
            {%- set held -%}
                select
                    model_name,
                    load_key
                from {{ relation }}
                where model_name in ('{{ names | join("', '") }}')
            {%- endset -%}
            {%- set missing, lost = [], [] -%}
            {%- for name, is_missing in run_query("
                select distinct model_name, 1 as is_missing from (" ~ wanted ~ " except " ~ held ~ ") as missing
                union all
                select distinct model_name, 0 as is_missing from (" ~ held ~ " except " ~ wanted ~ ") as lost
            ").rows -%}
                {%- do (missing if is_missing else lost).append(name) -%}
            {%- endfor -%}
            {%- for name in lost -%}
                {%- do run_statement("delete from " ~ relation ~ " where model_name = '" ~ name ~ "' and load_key not in (select available.load_key from (" ~ available_loads(name) ~ ") as available)") -%}
            {%- endfor -%}
            {%- if missing -%}
                {%- set statement -%}
                    insert into {{ relation }} (model_name, load_key, shaped_by)
                    select
                        missing.model_name,
                        missing.load_key,
                        case missing.model_name
                            {%- for name in missing %}
                            when '{{ name }}' then {{ text_literal(shaping_variables(model_node(name))) }}
                            {%- endfor %}
                        end
                    from ({{ wanted }} except {{ held }}) as missing
                {%- endset -%}
                {%- do run_statement(statement) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
