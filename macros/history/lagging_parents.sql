{#
    lagging_parents(model_name) -> list of names: the models that a model reads loads through, and that this
    run does not build
    What they lack the model cannot take. Through a parent that the run builds the question goes on to
    that one's parents, because the parent will have no more than they have.
#}
{% macro lagging_parents(model_name) -%}
    {%- set lagging = [] -%}
    {%- for parent in model_node(model_name).config.meta.get('reflects', []) -%}
        {%- set further = lagging_parents(parent) if model_node(parent).unique_id in selected_resources else [parent] -%}
        {%- for name in further if name not in lagging -%}
            {%- do lagging.append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(lagging) }}
{%- endmacro %}
